"""One seed, one storm: which process goes on, what strikes it, and what happens around it."""

import hashlib
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from obstore.store import MemoryStore
from requests import PreparedRequest
from sqlalchemy import RowMapping

from encord_provider.buckets.location import Location
from encord_provider.errors import UploadFailed
from encord_provider.ingestion.rules import Rules
from encord_provider.ingestion.run import Source
from encord_provider.ingestion.storage import Storage
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.ingestion import Ingestion
from encord_provider.manifest.limits import Advice, Limits
from tests.chaos.bucket import Past, WatchedBucket
from tests.chaos.clock import WAITING, Clock
from tests.chaos.dag import DEFERRED, DagRun, Deployment, State, TaskInstance, is_expected
from tests.chaos.encord import Encord
from tests.chaos.ledger import WatchedLedger
from tests.chaos.network import watched
from tests.chaos.processes import Order, Process, Trouble, running
from tests.chaos.weather import CALM, Weather
from tests.media import image

KEYS = (
    *("a.png", "b c.png", "d.png", "e.png", "words.txt", "lie.jpg", "empty.png", "odd.xyz", "tmp/out.png"),
    *("g1/1.png", "g1/2.png", "g1/3.png", "g2/1.png", "g2/2.png"),
)
GROUPS = r"(?P<unit>g\d)/"

TURNS = 3000
"""Of a storm that does not come to rest, before it counts as stuck."""

_URL = re.compile(r'"(?:objectUrl|url)": ?"([^"]+)"')

HASTE = frozenset(
    {"leases.prolong: committed", "POST storage/folders: to be sent", "POST datasets: to be sent"}
)
"""Where a process has just made sure that it may make what has no key: it must not stand still here for as long as
a lease lasts. The design says so, and that two folders of one name are an error that names both."""


PATIENT = frozenset({WAITING, "leases.take: to begin"})
"""Where a process stands that waits for a lease."""


@dataclass
class Storm:
    """Runs of one DAG, what strikes them, and the record of it."""

    seed: int
    encord: Encord
    ledger: WatchedLedger
    past: Past
    storage: Storage
    weather: Weather
    clock: Clock
    chance: random.Random
    log: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """What must not have happened."""

    mistakes: list[str] = field(default_factory=list)
    """Of these, what can only be a mistake in code, perhaps in the harness's own."""

    points: list[str] = field(default_factory=list)
    """Every point that was reached, in order."""

    strike: tuple[int, Order | Trouble] | None = None
    """What happens at the point of one number, in a storm that is calm otherwise."""

    cancelled: bool = False
    poison: frozenset[str] = frozenset()
    """Keys of the objects that no job can hold."""

    lost: bool = False
    """Whether a job failed that held no such object."""

    there_before: dict[str, frozenset[str]] = field(default_factory=dict)
    """What the folder held when a try began to submit."""

    runs: list[DagRun] = field(default_factory=list)
    alive: list[tuple[DagRun, Process]] = field(default_factory=list)

    folder: str = ""
    """The storm's own folder in Encord; its dataset has the same name."""

    @property
    def digest(self) -> str:
        """What two storms share that went the same way."""
        return hashlib.sha256("\n".join(self.log).encode()).hexdigest()

    def deployment(self) -> Deployment:
        """Describe the DAG."""
        return Deployment(
            self.ledger,
            self.encord.api,
            self.storage,
            lambda: Source(self.past.bucket(), ""),
            Ingestion(source="s3://fleet/", folder=self.folder, exclude=("tmp/**",), settle_seconds=5),
            Rules(Grouping(image_groups=GROUPS), Limits(), Advice(units={}, other_units=3), manifests=100),
            dataset=self.folder,
        )

    def blow(self) -> None:
        """Let everything happen, then let it come to rest."""
        self.begin()
        for _ in range(self.weather.steps):
            self._step()
        self.calm_down()

    def begin(self) -> None:
        """Fill the bucket and start the first run."""
        for key in KEYS[: self.chance.randint(4, len(KEYS))]:
            self._write(key)
        self._poison()
        self.clock.turn(60)
        self.start_run()

    def start_run(self) -> DagRun:
        """Start another run beside those there are."""
        run = DagRun(f"fleet/run-{len(self.runs) + 1}", self.deployment())
        self.runs.append(run)
        self.note(f"{run.name} starts")
        return run

    def calm_down(self) -> None:
        """Retry everything to its end, undisturbed, then do one more run, and clear runs whose account is open."""
        self.weather = CALM
        self.settle_down()
        self.clock.turn(60)
        self.start_run()
        self.settle_down()
        for run in list(self.runs):
            if not self.faults and not run.receipt.result.closed:
                self.note(f"{run.name} is cleared: its receipt is open")
                run.clear(run.build)
                self.settle_down()

    def replay(self) -> None:
        """Clear every run and do it all again."""
        for run in self.runs:
            run.clear(run.build)
            self.settle_down()

    def settle_down(self) -> None:
        """Go on without trouble until every run is over and no process lives."""
        turns = 0
        while self.alive or not all(run.is_over for run in self.runs):
            turns += 1
            if turns > TURNS:
                stuck = [f"{task.name} {task.state}" for run in self.runs for task in run.tasks]
                self.faults.append(f"it never comes to rest: {stuck}, {self.alive}")
                return
            for run in self.runs:
                for task in run.tasks:
                    if task.state is State.FAILED:
                        self._cleared(run, task)
            if self.alive and all(process.point in PATIENT for _, process in self.alive):
                self.clock.turn(30)  # who has the lease that they wait for is dead
            self._step()
            if len(self.faults) > 20:
                return

    def witness(self, request: PreparedRequest) -> None:
        """See that no job is started for what the folder held before the try began.

        Encord would skip it, but a folder of ten million is not sent twice. What somebody replaced is another matter,
        and so is a job that was cancelled while one that nobody knows of went on.
        """
        process = running()
        if process is None or self.cancelled or not str(request.url).endswith("/data-upload-jobs"):
            return
        sent = set(_URL.findall(str(request.body or b"")))
        again = sorted(sent & self.there_before.get(process.name, frozenset()))
        self.faults += [
            f"{process.name} sends {url} again, which the folder holds"
            for url in again
            if len(self.past.versions[self.past.key_of(url)]) == 1
        ]

    def note(self, event: str) -> None:
        """Write a line of the storm's log."""
        self.log.append(f"{len(self.log):05} {event}")

    def stop(self) -> None:
        """Let nothing of the storm go on."""
        for _, process in self.alive:
            process.kill()
        self.alive.clear()
        for job in self.encord.unfinished():
            self.encord.cancel(job)

    def _step(self) -> None:
        weather = self.weather
        ready = [(run, task) for run in self.runs for task in run.ready()]
        unfinished = self.encord.unfinished() if self._anybody_waits else []
        may_start = len(self.runs) < weather.runs
        events: list[tuple[float, Callable[[], None]]] = [
            (60.0 if self.alive else 0, self._advance),
            (30.0 if ready else 0, lambda: self._start(*self.chance.choice(ready))),
            (weather.registers if unfinished else 0, lambda: self._register(self.chance.choice(unfinished))),
            (2.0 if may_start else 0, self._start_another_run),
            (weather.bucket if weather is not CALM else 0, self._change_bucket),
            (weather.leap if weather is not CALM else 0, self._leap),
            (weather.clear if weather is not CALM else 0, self._clear_something),
            (weather.cancel if unfinished and weather is not CALM else 0, lambda: self._cancel(unfinished)),
            (weather.lose if unfinished and weather is not CALM else 0, lambda: self._lose(unfinished)),
        ]
        if not any(weight for weight, _ in events):
            self.clock.turn(30)
            return
        (event,) = self.chance.choices([e for _, e in events], [weight for weight, _ in events])
        event()

    def _start_another_run(self) -> None:
        self.start_run()

    @property
    def _anybody_waits(self) -> bool:
        return any(task.state is State.SUCCESS for run in self.runs for task in run.submits) or bool(
            self.alive
        )

    def _start(self, run: DagRun, task: TaskInstance) -> None:
        process = run.start(task)
        if task in run.submits:
            self.there_before[process.name] = self.encord.urls(self.folder)
        self.note(f"{process.name} starts")
        self.alive.append((run, process))
        self._go_on(run, process, Order.GO)

    def _advance(self) -> None:
        busy = [pair for pair in self.alive if pair[1].point != DEFERRED]
        run, process = self.chance.choice(busy if busy and self.chance.random() < 0.9 else self.alive)
        draw = self.chance.random()
        weather = self.weather
        if weather is CALM:
            self._go_on(run, process, Order.GO)
        elif draw < weather.kill:
            self._go_on(run, process, Order.KILL)
        elif draw < weather.kill + weather.terminate:
            self._go_on(run, process, Order.TERMINATE)
        elif draw < weather.kill + weather.terminate + weather.presume_dead:
            for task in run.tasks:
                if task.process is process:
                    self.note(f"{process.name} is presumed dead at {process.point}")
                    run.presume_dead(task)
        elif str(process.point).endswith(": to be sent") and self.chance.random() < weather.trouble:
            self._go_on(run, process, self._trouble())
        else:
            self._go_on(run, process, Order.GO)

    def _trouble(self) -> Trouble:
        effect = self.chance.choice(("drop_before", "drop_after", "status"))
        return Trouble(effect, self.chance.choice((1, 4)), self.chance.choice((429, 500, 502, 503, 504)))

    def _go_on(self, run: DagRun, process: Process, order: Order | Trouble) -> None:
        point = process.point
        if point:
            if self.strike and self.strike[0] == len(self.points):
                order = self.strike[1]
            self.points.append(point)
        self.note(f"{process.name}: {point}: {order if isinstance(order, Trouble) else order.name}")
        process.go_on(order)
        if process.dead:
            self.alive.remove((run, process))
            if process.error:
                self.note(f"{process.name} ends: {type(process.error).__name__}")
            self._judge(process)
            run.ended(process)

    def _judge(self, process: Process) -> None:
        error = process.error
        if not is_expected(error):
            self.faults.append(f"{process.name} at {process.point}: {error!r}")
            if isinstance(error, TypeError | AttributeError | NameError):
                self.mistakes.append(self.faults[-1])
        elif isinstance(error, UploadFailed) and not self.cancelled:
            self.faults.append(f"{process.name}: nobody cancelled a job, and yet {error}")

    def _register(self, job: RowMapping) -> None:
        self.note("Encord registers a unit")
        self.encord.registrar.turn(job)

    def _poison(self) -> None:
        """Choose the objects that are poison; Encord says the same of every job that holds one."""
        self.poison = frozenset(self.chance.sample(KEYS, self.weather.poison))
        if self.poison:
            self.note(f"poison: {sorted(self.poison)}")
        self.encord.poison([self.past.url_of(key) for key in sorted(self.poison)], lands=self.weather.lands)

    def _change_bucket(self) -> None:
        key = self.chance.choice(KEYS)
        if self.chance.random() < 0.2 and key in self.past.there():
            self.note(f"{key} is deleted")
            self.past.delete(key)
        else:
            self._write(key)

    def _write(self, key: str) -> None:
        number = len(self.past.versions.get(key, ()))
        body = image(shade=KEYS.index(key) * 10 + number)
        if key.endswith((".txt", ".jpg", ".xyz")) or (number and self.chance.random() < 0.2):
            body = f"only words, {number}".encode()
        if key == "empty.png":
            body = b""
        self.note(f"{key} is written, {len(body)} bytes")
        self.past.put(key, body)

    def _leap(self) -> None:
        seconds = self.chance.choice((1, 10, 130, 700, 1000))
        if any(process.point in HASTE for _, process in self.alive):
            return
        self.note(f"{seconds} seconds pass")
        self.clock.turn(seconds)

    def _cancel(self, unfinished: list[RowMapping]) -> None:
        self.note("somebody cancels a job in Encord")
        self.cancelled = True
        self.encord.cancel(self.chance.choice(unfinished))

    def _lose(self, unfinished: list[RowMapping]) -> None:
        self.note("Encord loses a job")
        self.lost = True
        self.encord.lose(self.chance.choice(unfinished))

    def _clear_something(self) -> None:
        run = self.chance.choice(self.runs)
        task = self.chance.choice(run.tasks)
        if task.state is not State.WAITING:
            self._cleared(run, task)

    def _cleared(self, run: DagRun, task: TaskInstance) -> None:
        self.note(f"{run.name}/{task.name} is cleared")
        run.clear(task)


@contextmanager
def storm(encord: Encord, seed: int, weather: Weather | None = None) -> Iterator[Storm]:
    """Prepare the storm of *seed*, and leave nothing of it behind."""
    chance = random.Random(seed)  # noqa: S311 - a storm, not a secret
    clock = Clock()
    past = Past(clock)
    encord.objects = past.open_object
    root = Location("s3", "storage", "encord/")
    storage = Storage(WatchedBucket("s3://storage", MemoryStore(), lambda key: key, past=past), root)
    drawn = Weather.of(chance)
    path = Path(encord.directory) / f"ledger-{seed}.db"
    path.unlink(missing_ok=True)
    encord.storms += 1
    with WatchedLedger(f"sqlite:///{path}") as ledger:
        folder = f"storm {encord.storms:06}"
        blowing = Storm(seed, encord, ledger, past, storage, weather or drawn, clock, chance, folder=folder)
        with clock.in_force(), watched(encord.world.faults, blowing.witness):
            try:
                yield blowing
            finally:
                blowing.stop()
    path.unlink(missing_ok=True)
