"""A process that stands still just before it makes what has no key, while others go on."""

from encord_provider.errors import Ambiguous, LeaseHeld
from tests.chaos.clock import WAITING
from tests.chaos.dag import DagRun, TaskInstance
from tests.chaos.encord import Encord
from tests.chaos.processes import Process
from tests.chaos.storm import Storm, storm
from tests.chaos.weather import CALM

SEED = 5
LONGER_THAN_A_LEASE = 1000


def test_what_a_task_makes_after_its_lease_ran_out_is_never_used(encord: Encord) -> None:
    with storm(encord, SEED, CALM) as calm:
        calm.begin()
        (run,) = calm.runs
        ended(run, run.build)
        late, other = run.submits[:2]

        frozen = run.start(late)
        while frozen.point != "POST storage/folders: to be sent":
            frozen.go_on()
        calm.clock.turn(LONGER_THAN_A_LEASE)
        assert ended(run, other).error is None
        while not frozen.dead:
            frozen.go_on()
        run.ended(frozen)

        assert isinstance(frozen.error, LeaseHeld)
        assert sorted(jobs_of(calm)) == [0, 1], "the second folder of the name is empty"
        assert isinstance(ended(run, late).error, Ambiguous), "and it is not passed over in silence"


def test_what_a_task_is_about_to_make_is_not_made_by_its_next_try(encord: Encord) -> None:
    with storm(encord, SEED, CALM) as calm:
        calm.begin()
        (run,) = calm.runs
        ended(run, run.build)
        submit = run.submits[0]

        cleared = run.start(submit)
        while cleared.point != "POST storage/folders: to be sent":
            cleared.go_on()
        run.clear(submit)
        again = run.start(submit)
        while again.point != WAITING and not again.dead:
            again.go_on()
        assert again.point == WAITING
        while not cleared.dead:
            cleared.go_on()
        while not again.dead:
            again.go_on()

        assert again.error is None
        assert jobs_of(calm) == [1]


def ended(run: DagRun, task: TaskInstance) -> Process:
    """Let a task go on to its end, undisturbed."""
    process = run.start(task)
    while not process.dead:
        process.go_on()
    run.ended(process)
    return process


def jobs_of(storm: Storm) -> list[int]:
    """Count the jobs of each folder that has the storm's name."""
    client = storm.encord.api.client
    named = [
        folder for folder in client.find_storage_folders(search=storm.folder) if folder.name == storm.folder
    ]
    started = [job["folder_uuid"] for job in storm.encord.unfinished()]
    return [started.count(str(folder.uuid)) for folder in named]
