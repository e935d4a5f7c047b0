"""The config file."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from encord_provider.sandbox.configuration import Configuration
from encord_provider.sandbox.keys import new_private_key, public_hex

SECRET = "very-secret"  # noqa: S105 - that it is not shown is what is tested


def read(tmp_path: Path, text: str) -> Configuration:
    """Read a config of that text."""
    path = tmp_path / "config.json"
    path.write_text(text)
    return Configuration.read(path)


def test_an_empty_config_is_a_good_one(tmp_path: Path) -> None:
    assert read(tmp_path, "{}") == Configuration()


def test_every_key_is_understood(tmp_path: Path) -> None:
    key = public_hex(new_private_key())
    found = read(
        tmp_path,
        json.dumps(
            {
                "public_keys": [key],
                "bearer_tokens": [SECRET],
                "integrations": [
                    {
                        "title": "fleet-s3",
                        "kind": "s3-compatible",
                        "endpoint": "http://127.0.0.1:8333",
                        "access_key_id": "a",
                        "secret_access_key": SECRET,
                    }
                ],
                "page": False,
                "units_per_second": 5,
                "limits": {"title_characters": 10},
            }
        ),
    )
    assert (found.public_keys, found.page, found.units_per_second, found.limits.title_characters) == (
        [key],
        False,
        5,
        10,
    )
    assert found.integrations[0].title == "fleet-s3"
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    "config",
    [
        {"colour": "red"},
        {"limits": {"colours": 3}},
        {"public_keys": [SECRET]},
        {"units_per_second": 0},
        {"integrations": [{"title": "x", "kind": "s3-compatible", "secret_access_key": SECRET}]},
    ],
)
def test_a_config_that_makes_no_sense_is_refused_without_showing_its_secrets(
    tmp_path: Path, config: dict[str, object]
) -> None:
    with pytest.raises(ValidationError) as refused:
        read(tmp_path, json.dumps(config))
    assert SECRET not in str(refused.value)
