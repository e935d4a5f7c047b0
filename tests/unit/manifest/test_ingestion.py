"""The sentence that every task of a run shares."""

import json

import pytest
from pydantic import ValidationError

from encord_provider.manifest.ingestion import Ingestion


def test_an_ingestion_survives_the_way_through_an_xcom() -> None:
    ingestion = Ingestion(
        source="s3://fleet/2026-01-01/",
        folder="fleet",
        integration="fleet-s3",
        include=("**/*.mp4",),
        exclude=("tmp/**",),
        settle_seconds=60,
        bucket_conn_id="aws_fleet",
    )

    sent = json.loads(json.dumps(ingestion.model_dump(mode="json")))

    assert Ingestion.model_validate(sent) == ingestion


def test_everything_is_wanted_at_once_by_default() -> None:
    ingestion = Ingestion(source="s3://fleet/", folder="fleet")

    assert (ingestion.include, ingestion.exclude, ingestion.settle_seconds) == (("**",), (), 0)


def test_one_glob_given_bare_is_one_glob() -> None:
    given = {"source": "s3://fleet/", "folder": "fleet", "include": "**/*.mp4", "exclude": "tmp/**"}

    ingestion = Ingestion.model_validate(given)

    assert (ingestion.include, ingestion.exclude) == (("**/*.mp4",), ("tmp/**",))


def test_an_ingestion_needs_a_source_and_a_folder() -> None:
    with pytest.raises(ValidationError, match=r"source\n(.*\n)*folder"):
        Ingestion.model_validate({})


def test_an_ingestion_cannot_be_changed_on_the_way() -> None:
    ingestion = Ingestion(source="s3://fleet/", folder="fleet")

    with pytest.raises(ValidationError, match="frozen"):
        ingestion.folder = "another"
