"""A listing that dies half way and is gone on with, against one that nothing disturbs."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from encord_provider.ingestion import census
from encord_provider.ingestion import discover as discovering
from encord_provider.ingestion.discover import Discovery, discover
from encord_provider.ingestion.run import Run, Source, Task
from encord_provider.ledger.ledger import Ledger
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.ingestion import Ingestion
from tests.ordered_bucket import KEYS_A_PAGE, Died, OrderedBucket

GROUPING = Grouping(image_groups=r"(?P<unit>g\d)/")
KEYS = [*(f"{n:02}.jpg" for n in range(9)), *(f"g{n}/1.jpg" for n in range(4)), "g9/x.jpg", "z.tmp"]
PAGES = -(-len(KEYS) // KEYS_A_PAGE)


@pytest.fixture(autouse=True)
def _one_page_a_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovering, "PAGES_AT_ONCE", 1)


@pytest.fixture
def bucket(tmp_path: Path) -> OrderedBucket:
    """Put some objects into a bucket; one of them is still being written, one is left out."""
    for size, key in enumerate(KEYS):
        file = tmp_path / "bucket" / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * (size + 1))
    later = time.time() + 3600
    os.utime(tmp_path / "bucket" / "g9/x.jpg", (later, later))
    return OrderedBucket.open(tmp_path / "bucket")


def a_run(ledger: Ledger, name: str = "run", exclude: str = "*.tmp") -> Run:
    """Name a run that leaves something out."""
    ingestion = Ingestion(source="file:///bucket/", folder="fleet", exclude=(exclude,))
    return Run(ledger, Task(name, "build"), ingestion, "https://api.example.com")


def listed(run: Run, bucket: OrderedBucket, *, dies_after: int | None = None) -> Discovery:
    """List the bucket, and die after some pages."""
    left = [] if dies_after is None else [dies_after]
    return discover(run, Source(replace(bucket, pages_left=left), ""), GROUPING)


def a_ledger(tmp_path: Path, name: str, bucket: OrderedBucket) -> Ledger:
    """Make a ledger that knows of an object that went meanwhile."""
    ledger = Ledger(f"sqlite:///{tmp_path / name}.db")
    (tmp_path / "bucket" / "05 gone.jpg").write_bytes(b"x")
    run = a_run(ledger, "earlier")
    listed(run, bucket)
    gone = [obj for obj in ledger.objects.new(run.key) if "gone" in obj.key]
    ledger.objects.quarantine(run.target, [o for o in ledger.objects.new(run.key) if o not in gone], "no")
    with ledger.transaction() as connection:
        connection.exec_driver_sql("UPDATE objects SET fate = 'registered' WHERE fate = 'new'")
    (tmp_path / "bucket" / "05 gone.jpg").unlink()
    return ledger


@pytest.mark.parametrize("deaths", [[pages] for pages in range(PAGES + 1)] + [[1, 0, 2, 1], [3, 3]])
def test_a_listing_that_died_and_went_on_counts_what_an_undisturbed_one_counts(
    deaths: list[int], bucket: OrderedBucket, tmp_path: Path
) -> None:
    with a_ledger(tmp_path, "whole", bucket) as ledger:
        whole = listed(a_run(ledger), bucket)
        accounts = [ledger.runs.account(a_run(ledger).key)]
    with a_ledger(tmp_path, "torn", bucket) as ledger:
        for pages in deaths:
            try:
                torn = listed(a_run(ledger), bucket, dies_after=pages)
            except Died:
                torn = None
        torn = torn or listed(a_run(ledger), bucket)
        accounts.append(ledger.runs.account(a_run(ledger).key))

    assert torn == whole
    assert whole.listing.gone == 1
    assert accounts[0] == accounts[1]


def test_what_was_listed_before_is_not_listed_again(bucket: OrderedBucket, tmp_path: Path) -> None:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        with pytest.raises(Died):
            listed(a_run(ledger), bucket, dies_after=3)
        bucket.asked.clear()
        listed(a_run(ledger), bucket)
        assert bucket.asked == [KEYS[3 * KEYS_A_PAGE - 1]]

        listed(a_run(ledger), bucket)
        assert bucket.asked[1:] == [None]


def test_a_listing_with_other_filters_begins_again(bucket: OrderedBucket, tmp_path: Path) -> None:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        with pytest.raises(Died):
            listed(a_run(ledger), bucket, dies_after=3)

        again = listed(a_run(ledger, exclude="g*/**"), bucket)

    assert (again.listing.discovered, again.listing.excluded) == (len(KEYS), 5)


def test_a_listing_of_long_ago_begins_again(
    bucket: OrderedBucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        with pytest.raises(Died):
            listed(a_run(ledger), bucket, dies_after=3)
        monkeypatch.setattr(census, "CHECKPOINT_SECONDS", 0)
        bucket.asked.clear()

        listed(a_run(ledger), bucket)

    assert bucket.asked == [None]
