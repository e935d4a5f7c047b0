"""A job that fails as a whole is bisected by real jobs: the poison ends up alone, and the rest lands."""

from collections.abc import Collection
from math import ceil, log2

import pytest

from encord_provider.errors import EncordUnavailable, UploadFailed
from encord_provider.ingestion.bisect import BLAMED
from encord_provider.ingestion.receipt import receipt
from encord_provider.uploads.bisection import ACCUSED_IN_A_ROW
from tests import media
from tests.unit.ingestion.conftest import Pipeline

START = r"/data-upload-jobs$"
WORDS = "Job terminated: worker lost."


def put_images(pipeline: Pipeline, count: int, poison: Collection[int] = ()) -> set[str]:
    """Put *count* different images under the source, some of them to be poison; return the names of the others."""
    for shade in range(count):
        name = "poison" if shade in poison else "clean"
        pipeline.bucket.put(f"{shade:03}-{name}.png", media.image(shade=shade))
    return {f"{shade:03}-clean.png" for shade in range(count) if shade not in poison}


def jobs_started(pipeline: Pipeline) -> int:
    """Count the upload jobs that the sandbox has started."""
    return sum(
        seen.method == "POST" and seen.path.endswith("/data-upload-jobs") and seen.status == 200
        for seen in pipeline.sandbox.requests
    )


def names(pipeline: Pipeline) -> list[str]:
    """List what the folder holds, by file name."""
    return sorted(item.name.rpartition("/")[2] for item in pipeline.items())


@pytest.mark.parametrize("lands", [False, True], ids=["nothing landed", "the units before it landed"])
@pytest.mark.parametrize(
    ("n", "poison"),
    [
        (7, {3}),
        *(
            pytest.param(n, poison, marks=pytest.mark.slow)
            for n, poison in [(1, {0}), (2, {0}), (2, {1}), (16, {0, 15}), (16, {4, 5, 6})]
        ),
    ],
    ids=str,
)
def test_the_poison_is_quarantined_in_encords_words_and_the_rest_lands_once(
    pipeline: Pipeline, n: int, poison: set[int], *, lands: bool
) -> None:
    clean = put_images(pipeline, n, poison)
    pipeline.sandbox.poison("poison", message=WORDS, lands=lands)
    (manifest,) = pipeline.build()
    first = pipeline.submit(manifest)

    outcome = pipeline.wait([first])

    account = receipt(pipeline.run())
    assert (account.registered, account.quarantined, account.closed) == (n - len(poison), len(poison), True)
    assert names(pipeline) == sorted(clean)
    assert {entry.reason for entry in account.quarantine} == {BLAMED + WORDS}
    assert all("poison" in entry.key for entry in account.quarantine)
    assert jobs_started(pipeline) - 1 <= len(poison) * ceil(log2(n)) + len(poison)
    assert outcome.counts["jobs"] == jobs_started(pipeline)


@pytest.mark.slow
def test_a_group_that_is_poison_is_quarantined_as_a_whole(pipeline: Pipeline) -> None:
    pipeline = pipeline.grouped(image_groups=r".*(?P<unit>g\d)/.*")
    for key in ("g1/1.png", "g1/2.png", "g2/1.png", "g2/2.png", "a.png"):
        pipeline.bucket.put(key, media.image(shade=len(key) + ord(key[1])))
    pipeline.sandbox.poison("g1/2")
    (manifest,) = pipeline.build()

    pipeline.wait([pipeline.submit(manifest)])

    account = receipt(pipeline.run())
    assert [entry.key.rpartition("g1/")[2] for entry in account.quarantine] == ["1.png", "2.png"]
    assert (account.registered, account.closed) == (3, True)


@pytest.mark.slow
def test_a_job_that_failed_once_for_no_units_fault_puts_nothing_into_quarantine(pipeline: Pipeline) -> None:
    put_images(pipeline, 5)
    pipeline.sandbox.poison(".")
    (manifest,) = pipeline.build()
    job = pipeline.submit(manifest)
    record = pipeline.ledger.manifests.get(manifest)
    while pipeline.api.upload_progress(str(record.folder_uuid), str(job)).pending:
        pass
    pipeline.sandbox.poison(None)

    pipeline.wait([job])

    account = receipt(pipeline.run())
    assert (account.registered, account.quarantined, account.closed) == (5, 0, True)


@pytest.mark.slow
def test_where_every_job_fails_no_unit_is_blamed_and_the_next_run_takes_them_all(pipeline: Pipeline) -> None:
    put_images(pipeline, ACCUSED_IN_A_ROW + 1)
    pipeline.sandbox.poison(".", message=WORDS)
    (manifest,) = pipeline.build("first")

    with pytest.raises(UploadFailed, match=f"{WORDS}\n.*not its units"):
        pipeline.wait([pipeline.submit(manifest, "first")], name="first")
    assert receipt(pipeline.run("first")).quarantined == 0

    pipeline.sandbox.poison(None)
    account = pipeline.ingest("second")
    assert (account.registered, account.closed) == (ACCUSED_IN_A_ROW + 1, True)


@pytest.mark.slow
@pytest.mark.parametrize("effect", ["drop_before", "drop_after"])
def test_a_part_whose_start_is_lost_is_sent_once(pipeline: Pipeline, effect: str) -> None:
    clean = put_images(pipeline, 4, {2})
    pipeline.sandbox.poison("poison")
    (manifest,) = pipeline.build()
    job = pipeline.submit(manifest)
    pipeline.sandbox.faults.add(effect, method="POST", path=START)  # type: ignore[arg-type]  # one of its effects

    with pytest.raises(EncordUnavailable):
        pipeline.wait([job])
    pipeline.wait([job])

    assert receipt(pipeline.run()).closed
    assert names(pipeline) == sorted(clean)


@pytest.mark.slow
def test_what_one_run_left_half_way_the_next_run_brings_to_its_end(pipeline: Pipeline) -> None:
    clean = put_images(pipeline, 8, {5})
    pipeline.sandbox.poison("poison")
    (manifest,) = pipeline.build("first")
    job = pipeline.submit(manifest, "first")
    pipeline.sandbox.faults.add("drop_before", method="POST", path=START)
    with pytest.raises(EncordUnavailable):
        pipeline.wait([job], name="first")

    left = pipeline.build("second")
    pipeline.wait([pipeline.submit(one, "second") for one in left], name="second")

    assert len(left) == 2  # the whole and the part that was about to be sent
    second = receipt(pipeline.run("second"))
    assert (second.quarantined, second.closed) == (1, True)
    assert names(pipeline) == sorted(clean)


def test_doing_it_again_changes_nothing(pipeline: Pipeline) -> None:
    put_images(pipeline, 6, {1, 4})
    pipeline.sandbox.poison("poison")
    (manifest,) = pipeline.build()
    job = pipeline.submit(manifest)
    first, jobs, account = pipeline.wait([job]), jobs_started(pipeline), receipt(pipeline.run())

    assert pipeline.submit(manifest) == job
    assert pipeline.wait([job]) == first
    assert (jobs_started(pipeline), receipt(pipeline.run())) == (jobs, account)
