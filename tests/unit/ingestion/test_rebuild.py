"""A lost ledger, put together again: the next run registers nothing, and nothing is taken for what it is not."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from encord_provider.errors import LeaseHeld
from encord_provider.ingestion.rebuild import Rebuilt, rebuild
from encord_provider.ledger.entries import UNKNOWN_VERSION
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.ledger import Ledger
from tests import media
from tests.unit.ingestion.conftest import FOLDER, Pipeline

GROUPS = r"(?P<unit>.*/groups/[^/]+)/"


def lose(pipeline: Pipeline, tmp_path: Path) -> None:
    """Go on with an empty ledger."""
    pipeline.ledger.close()
    pipeline.ledger = Ledger(f"sqlite:///{tmp_path / 'another.db'}")


def rebuilt(pipeline: Pipeline, *, forget_gone: bool = False) -> Rebuilt:
    return rebuild(pipeline.run("rebuild"), pipeline.api, pipeline.source, forget_gone=forget_gone)


@pytest.fixture
def fleet(pipeline: Pipeline) -> Pipeline:
    """Register three images, a group of two, and nothing else."""
    for shade in range(3):
        pipeline.bucket.put(f"{shade}.png", media.image(shade=shade))
    for shade in (3, 4):
        pipeline.bucket.put(f"groups/a/{shade}.png", media.image(shade=shade))
    grouped = pipeline.grouped(image_groups=GROUPS)
    assert grouped.ingest().registered == 5
    return grouped


def test_the_run_after_a_rebuild_registers_nothing(fleet: Pipeline, tmp_path: Path) -> None:
    lose(fleet, tmp_path)

    assert rebuilt(fleet) == Rebuilt(5, 4, restored=5, replaced=0, known=0, unregistered=0, unmatched=0)

    account = fleet.ingest("after")
    assert (account.registered, account.already, account.closed) == (0, 5, True)
    assert fleet.build("after") == []
    assert len(fleet.items()) == 4


@pytest.mark.slow
def test_the_ledger_knows_again_which_item_each_object_became(fleet: Pipeline, tmp_path: Path) -> None:
    target = fleet.run().target
    before = {
        e.url: (e.version, e.item_uuid, e.kind, e.fate)
        for p in fleet.ledger.entries.of_target(target)
        for e in p
    }
    lose(fleet, tmp_path)
    rebuilt(fleet)

    after = {
        e.url: (e.version, e.item_uuid, e.kind, e.fate)
        for p in fleet.ledger.entries.of_target(target)
        for e in p
    }
    assert after == before


def test_an_object_that_was_replaced_since_is_found_changed_by_the_next_run(
    fleet: Pipeline, tmp_path: Path
) -> None:
    time.sleep(1.1)  # stores tell whole seconds, and this one has no clock to turn
    url = fleet.bucket.put("0.png", media.image(shade=200))
    lose(fleet, tmp_path)

    assert rebuilt(fleet).replaced == 1
    account = fleet.ingest("after")

    assert (account.registered, account.already, account.closed) == (0, 5, True)
    first, second = fleet.ledger.entries.of_url(fleet.run().target, url)
    assert (first.fate, first.version) == (Fate.REGISTERED, UNKNOWN_VERSION)
    assert second.fate is Fate.CHANGED


def test_what_came_since_is_registered_by_the_next_run_and_a_late_member_of_a_group_is_not(
    fleet: Pipeline, tmp_path: Path
) -> None:
    fleet.bucket.put("new.png", media.image(shade=50))
    fleet.bucket.put("groups/a/late.png", media.image(shade=51))
    lose(fleet, tmp_path)

    assert rebuilt(fleet).unregistered == 2
    account = fleet.ingest("after")

    assert (account.registered, account.quarantined, account.closed) == (1, 1, True)
    (refused,) = account.quarantine
    assert "it came late" in refused.reason


@pytest.mark.slow
def test_items_of_other_objects_are_counted_and_left_alone(fleet: Pipeline, tmp_path: Path) -> None:
    fleet.bucket.delete("1.png")
    lose(fleet, tmp_path)

    assert rebuilt(fleet) == Rebuilt(4, 4, restored=4, replaced=0, known=0, unregistered=0, unmatched=1)


@pytest.mark.slow
def test_nothing_that_the_ledger_knows_is_changed(fleet: Pipeline) -> None:
    assert rebuilt(fleet) == Rebuilt(5, 4, restored=0, replaced=0, known=5, unregistered=0, unmatched=0)


@pytest.mark.slow
def test_an_item_that_was_deleted_is_registered_anew_only_after_the_ledger_was_told_to_forget_it(
    fleet: Pipeline,
) -> None:
    (folder,) = fleet.sandbox.client().find_storage_folders(search=FOLDER)
    gone = [item.uuid for item in fleet.items() if item.name.endswith(("0.png", "groups/a"))]
    folder.delete_storage_items(gone)

    assert rebuilt(fleet).known == 2
    assert fleet.ingest("before").registered == 0
    assert rebuilt(fleet, forget_gone=True).forgotten == 3
    account = fleet.ingest("after")

    assert (account.registered, account.already, account.closed) == (3, 2, True)
    assert len(fleet.items()) == 4


@pytest.mark.slow
def test_no_run_builds_meanwhile(fleet: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("encord_provider.ingestion.rebuild.BUILD_PATIENCE_SECONDS", 0)

    with fleet.ledger.leases.hold(f"build {fleet.run().target}", "somebody", 60), pytest.raises(LeaseHeld):
        rebuilt(fleet)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_thousand_registrations_come_back_and_the_next_run_registers_nothing(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    singles, groups, members = 9_600, 100, 4
    frames = [media.image(shade=shade) for shade in range(members)]
    with ThreadPoolExecutor(8) as pool:
        for number in range(singles):
            pool.submit(pipeline.bucket.put, f"notes/{number:05}.txt", f"note {number}".encode())
        for number in range(groups):
            for shade, frame in enumerate(frames):
                pool.submit(pipeline.bucket.put, f"groups/{number:03}/{shade}.png", frame)
    count = singles + groups * members
    grouped = pipeline.grouped(image_groups=GROUPS)
    assert grouped.ingest().registered == count
    lose(grouped, tmp_path)

    asked_before = len(grouped.sandbox.requests)
    told = rebuilt(grouped)
    asked = len(grouped.sandbox.requests) - asked_before

    assert told == Rebuilt(
        count, singles + groups, restored=count, replaced=0, known=0, unregistered=0, unmatched=0
    )
    pages = -(-(singles + groups) // 1000)
    assert asked <= pages + groups + 5, (
        "a request for each page, for each group, and a few to find the folder"
    )
    account = grouped.ingest("after")
    assert (account.registered, account.already, account.closed) == (0, count, True)
