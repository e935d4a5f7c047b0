"""Where custom metadata comes from, as a DAG says it."""

from typing import Any

import pytest

from encord_provider.errors import BadPattern
from encord_provider.metadata.custom import CustomMetadata
from encord_provider.metadata.embeddings import Embeddings


def test_it_survives_the_way_through_airflows_templates() -> None:
    custom = CustomMetadata(
        path=True,
        table="s3://fleet/{{ ds }}.csv",
        types={"speed": "number"},
        function="fleet.describe",
        embeddings=[Embeddings("clip", "s3://fleet/{{ ds }}.npz", frame="at")],
    )

    assert CustomMetadata(**custom.plain(), function=custom.function) == custom
    assert custom.plain()["embeddings"][0]["vectors"] == "s3://fleet/{{ ds }}.npz"
    assert custom.plain()["table"] == "s3://fleet/{{ ds }}.csv"
    assert "function" not in custom.plain(), "its text would name an address in memory, another at each parse"


@pytest.mark.parametrize("wrong", [{"sidecars": "always"}, {"types": {"speed": "float"}}])
def test_a_choice_that_there_is_not_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadPattern, match="it is n"):
        CustomMetadata(**wrong)
