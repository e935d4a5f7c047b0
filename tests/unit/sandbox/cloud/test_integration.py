"""Integrations: what they need, and how they guard what they know."""

import pytest
from pydantic import ValidationError

from encord_provider.sandbox.cloud import Integration

SECRETS = {
    "secret_access_key": "s3-secret",
    "account_key": "azure-secret",
    "sas_token": "sas-secret",
    "service_account": {"private_key": "gcs-secret"},
}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"kind": "s3-compatible"}, "needs an endpoint"),
        ({"kind": "azure"}, "needs an account_name"),
        ({"kind": "ftp"}, "kind"),
        ({"kind": "s3", "secret": "misspelt"}, "secret"),
    ],
)
def test_an_incomplete_or_misspelt_entry_is_refused(entry: dict[str, str], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Integration.model_validate({"title": "bucket", **entry})


def test_no_secret_shows_in_repr_or_dump() -> None:
    integration = Integration.model_validate({"title": "all", "kind": "s3", **SECRETS})

    shown = f"{integration!r} {integration} {integration.model_dump_json()}"

    assert "secret-" not in shown
    assert not any(word in shown for word in ("s3-secret", "azure-secret", "sas-secret", "gcs-secret"))


def test_written_down_whole_it_comes_back_the_same() -> None:
    integration = Integration.model_validate({"title": "all", "kind": "s3", **SECRETS})

    assert Integration.model_validate(integration.revealed()) == integration


def test_each_new_integration_has_an_identifier_of_its_own() -> None:
    assert Integration(title="a", kind="direct").uuid != Integration(title="a", kind="direct").uuid


@pytest.mark.parametrize(
    ("entry", "location"),
    [
        ({"kind": "s3"}, "s3"),
        ({"kind": "gcs"}, "gcp"),
        ({"kind": "azure", "account_name": "acme"}, "azure"),
        ({"kind": "s3-compatible", "endpoint": "http://127.0.0.1:1"}, "s3Compatible"),
        ({"kind": "direct"}, "directAccess"),
    ],
)
def test_items_are_told_to_be_where_the_wire_says(entry: dict[str, str], location: str) -> None:
    assert Integration.model_validate({"title": "bucket", **entry}).storage_location == location
