"""Manifests and their upload jobs, written ahead of each effect."""

import pytest
from sqlalchemy.exc import IntegrityError

from encord_provider.errors import NotFound
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.manifests import ManifestRecord
from tests.unit.ledger.steps import TARGET, Steps
from tests.unit.manifest.listed import listed

RECORD = ManifestRecord(
    id="0" * 32,
    target=TARGET,
    uri="file:///m.json",
    folder="fleet",
    integration="fleet-s3",
    units=3,
    built_by="dag/run",
    built_at=1.5,
)


def test_a_manifest_is_read_back_as_it_was_built(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        ledger.manifests.build(connection, RECORD)

    assert ledger.manifests.get(RECORD.id) == RECORD


def test_a_manifest_is_built_once(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        ledger.manifests.build(connection, RECORD)

    with pytest.raises(IntegrityError), ledger.transaction() as connection:
        ledger.manifests.build(connection, RECORD)


def test_a_manifest_that_the_ledger_does_not_know_is_named(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="manifest 'abc'"):
        ledger.manifests.get("abc")


def test_the_outcome_is_unknown_between_the_intent_and_the_answer(steps: Steps, ledger: Ledger) -> None:
    steps.observe("run", listed("a.mp4"))
    manifest = steps.plan("run", listed("a.mp4"))
    assert not ledger.manifests.get(manifest).outcome_unknown

    ledger.manifests.intend(manifest, "folder-uuid", 3.0)
    assert ledger.manifests.get(manifest).outcome_unknown

    job = steps.submit("run", manifest)
    record = ledger.manifests.get(manifest)
    assert not record.outcome_unknown
    assert (record.job_uuid, record.submitted_by, record.submitted_at) == (job, "run", 4.0)
    assert (record.folder_uuid, record.intended_at) == ("folder-uuid", 3.0)


def test_a_manifest_of_which_nothing_was_left_to_send_has_a_known_outcome(
    steps: Steps, ledger: Ledger
) -> None:
    steps.observe("run", listed("a.mp4"))
    manifest = steps.plan("run", listed("a.mp4"))
    ledger.manifests.intend(manifest, "folder-uuid", 3.0)

    steps.settle(manifest, registered=["a.mp4"])

    assert not ledger.manifests.get(manifest).outcome_unknown


def test_manifests_are_found_by_their_jobs(steps: Steps, ledger: Ledger) -> None:
    found = [listed(f"{n}.mp4") for n in range(3)]
    steps.observe("run", *found)
    made = [steps.plan("run", obj) for obj in found]
    jobs = [steps.submit("run", manifest) for manifest in made]

    assert {record.id for record in ledger.manifests.of_jobs(jobs[:2])} == set(made[:2])
    assert ledger.manifests.of_jobs([]) == []
    assert ledger.manifests.of_jobs(["no such job"]) == []


def test_the_manifests_of_a_run_come_once_each_oldest_first(steps: Steps, ledger: Ledger) -> None:
    found = [listed(f"{n}.mp4") for n in range(4)]
    steps.observe("run", *found)
    made = {steps.plan("run", *found[:2]), steps.plan("run", *found[2:])}

    records = ledger.manifests.of_run(steps.key("run"))

    assert len(records) == 2
    assert {record.id for record in records} == made
    assert ledger.manifests.of_run(steps.key("another")) == []


def test_the_manifests_of_one_run_are_not_those_of_another(steps: Steps, ledger: Ledger) -> None:
    made = {}
    for run in ("first", "second"):
        steps.observe(run, listed(f"{run}.mp4"))
        made[run] = steps.plan(run, listed(f"{run}.mp4"))

    for run, manifest in made.items():
        assert [record.id for record in ledger.manifests.of_run(steps.key(run))] == [manifest]
