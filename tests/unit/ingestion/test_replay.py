"""What was refused comes back once its cause is mended, and lands once."""

from collections import Counter
from dataclasses import replace

import pytest
from pydantic import SecretStr

from encord_provider.errors import NotFound
from encord_provider.ingestion.receipt import receipt
from encord_provider.ingestion.replay import Choice
from encord_provider.ingestion.replay import replay as send_back
from encord_provider.sandbox.cloud import Integration
from encord_provider.uploads.causes import Cause
from tests import media
from tests.unit.ingestion.conftest import Pipeline

PERMISSION = Choice(causes=frozenset({Cause.PERMISSION}))


def shut(pipeline: Pipeline) -> Pipeline:
    """Return the pipeline with an integration whose key the bucket does not know."""
    server = pipeline.bucket.server
    stranger = Integration(
        title="shut",
        kind="s3-compatible",
        endpoint=server.endpoint,
        region=server.region,
        access_key_id="stranger",
        secret_access_key=SecretStr("nothing"),
    )
    pipeline.sandbox.add_integration(stranger)
    return replace(pipeline, integration="shut")


def refused(pipeline: Pipeline) -> Pipeline:
    """Let a group and two images be refused, all but one for a permission; return the pipeline with it mended."""
    pipeline = pipeline.grouped(image_groups=r"(?P<unit>.*/rig)/")
    for shade, key in enumerate(("rig/1.png", "rig/2.png", "a.png")):
        pipeline.bucket.put(key, media.image(shade=shade))
    pipeline.bucket.put("odd.xyz", b"?")
    account = shut(pipeline).ingest("refused")
    assert (account.registered, account.quarantined, account.closed) == (0, 4, True)
    assert Counter(entry.cause for entry in account.quarantine) == {Cause.PERMISSION: 3, Cause.WRONG_KIND: 1}
    return pipeline


def test_refused_for_a_permission_mended_and_replayed_it_lands_once(pipeline: Pipeline) -> None:
    pipeline = refused(pipeline)
    assert pipeline.ingest("in vain").registered == 0

    assert send_back(pipeline.run("replay"), PERMISSION, dry_run=True) == {Cause.PERMISSION: 3}
    assert pipeline.ingest("after the dry run").registered == 0
    assert send_back(pipeline.run("replay"), PERMISSION) == {Cause.PERMISSION: 3}
    assert send_back(pipeline.run("replay"), PERMISSION) == {}, "a second replay finds nothing"
    before = receipt(pipeline.run("refused"))
    account = pipeline.ingest("mended")

    assert (account.registered, account.quarantined, account.closed) == (3, 1, True)
    assert len(pipeline.items()) == 2
    assert send_back(pipeline.run("replay"), PERMISSION) == {}
    assert pipeline.ingest("again").registered == 0
    assert len(pipeline.items()) == 2
    assert (before.pending, before.quarantined, before.closed) == (3, 1, True), (
        "the account of old stays closed"
    )


@pytest.mark.slow
def test_a_group_comes_back_as_a_whole_when_one_of_its_members_is_meant(pipeline: Pipeline) -> None:
    pipeline = refused(pipeline)

    assert send_back(pipeline.run("replay"), Choice(keys=["**/rig/2.png"])) == {Cause.PERMISSION: 2}

    account = pipeline.ingest("mended")
    assert (account.registered, account.quarantined, account.closed) == (2, 2, True)


@pytest.mark.slow
def test_only_what_a_run_had_in_its_listing_comes_back(pipeline: Pipeline) -> None:
    pipeline = refused(pipeline)
    pipeline.bucket.put("b.png", media.image(shade=9))
    replace(pipeline, integration="shut").ingest("later")

    of_the_first = Choice(PERMISSION.causes, run="refused")
    assert send_back(pipeline.run("replay"), of_the_first, dry_run=True) == {Cause.PERMISSION: 3}
    assert send_back(pipeline.run("replay"), PERMISSION, dry_run=True) == {Cause.PERMISSION: 4}
    assert send_back(pipeline.run("replay"), Choice(run="nobody")) == {}


@pytest.mark.slow
def test_a_version_that_was_replaced_does_not_come_back(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", b"only words")
    assert pipeline.ingest("first").quarantined == 1
    pipeline.bucket.put("a.png", b"other words")
    assert pipeline.ingest("second").quarantined == 1

    assert send_back(pipeline.run("replay"), Choice()) == {Cause.WRONG_KIND: 1}


def test_a_source_that_was_never_listed_is_told(pipeline: Pipeline) -> None:
    with pytest.raises(NotFound, match="no run has listed it"):
        send_back(pipeline.run("replay"), Choice())
