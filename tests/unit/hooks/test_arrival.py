"""Whether anything new is waiting under a source."""

import os
import time
from pathlib import Path

import pytest

from encord_provider.errors import BadSource
from encord_provider.hooks.arrival import anything_new
from encord_provider.hooks.buckets import open_source
from encord_provider.hooks.run import open_run
from encord_provider.manifest.ingestion import Ingestion
from tests.unit.encord_api.keys import OPENSSH
from tests.unit.hooks.conftest import Connect
from tests.unit.hooks.test_run import Instance

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def source(tmp_path: Path, connect: Connect) -> Path:
    """Make an empty source and a connection to an Encord that need not be there."""
    connect(host="http://127.0.0.1:9", password=OPENSSH)
    directory = tmp_path / "fleet"
    directory.mkdir()
    return directory


def ingestion(source: Path, **parts: object) -> Ingestion:
    """Keep the folder "fleet" in step with *source*."""
    return Ingestion.model_validate({"source": f"{source.as_uri()}/", "folder": "fleet"} | parts)


def test_nothing_is_new_in_an_empty_source(source: Path) -> None:
    assert not anything_new(ingestion(source))


def test_an_object_that_the_ledger_does_not_know_is_new(source: Path) -> None:
    (source / "a.mp4").write_bytes(b"x")

    assert anything_new(ingestion(source))
    assert anything_new(ingestion(source))  # looking is not knowing


def test_an_object_that_is_left_out_is_not_new(source: Path) -> None:
    (source / "a.tmp").write_bytes(b"x")

    assert not anything_new(ingestion(source, exclude=["*.tmp"]))
    assert not anything_new(ingestion(source, include=["*.mp4"]))


def test_an_object_that_is_still_being_written_is_not_new_yet(source: Path) -> None:
    (source / "a.mp4").write_bytes(b"x")
    assert not anything_new(ingestion(source, settle_seconds=3600))

    earlier = time.time() - 7200
    os.utime(source / "a.mp4", (earlier, earlier))
    assert anything_new(ingestion(source, settle_seconds=3600))


def test_a_new_version_of_a_known_object_is_news_once(source: Path) -> None:
    (source / "no kind.xyz").write_bytes(b"x")
    wanted = ingestion(source)
    with open_run({"ti": Instance()}, wanted) as run:
        run.ledger.runs.start(run.key)
        opened = open_source(wanted.source)
        found = [obj for page in opened.bucket.pages(opened.prefix) for obj in page]
        diff = run.ledger.objects.diff(run.key, now=1.0)
        with run.ledger.transaction() as connection:
            diff.observe(connection, found)
        run.ledger.objects.quarantine(run.target, found, "no such kind")
    assert not anything_new(wanted)

    (source / "no kind.xyz").write_bytes(b"another")

    assert anything_new(wanted)


def test_a_source_that_cannot_be_listed_is_named(source: Path) -> None:
    with pytest.raises(BadSource):
        anything_new(ingestion(source).model_copy(update={"source": "ftp://fleet/"}))
