"""A DAG run as Airflow drives it: tasks, tries, and what follows what."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any

from encord_provider.encord_api.api import EncordApi
from encord_provider.errors import FailNow, RetryLater
from encord_provider.ingestion.link import Linked, link_folder
from encord_provider.ingestion.outcome import settle_finished
from encord_provider.ingestion.plan import build
from encord_provider.ingestion.receipt import Receipt, receipt
from encord_provider.ingestion.rules import Rules
from encord_provider.ingestion.run import Run, Source, Task
from encord_provider.ingestion.storage import Storage
from encord_provider.ingestion.submit import submit
from encord_provider.ledger.ledger import Ledger
from encord_provider.manifest.ingestion import Ingestion
from tests.chaos.processes import Killed, Process, Terminated, reach

DEFERRED = "waiting for upload jobs"


class State(StrEnum):
    """Of a task, as Airflow sees it."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"


@dataclass(eq=False)
class TaskInstance:
    """One task of a run."""

    name: str
    body: Callable[[], Any]
    state: State = State.WAITING
    result: Any = None
    tries: int = 0
    process: Process | None = None
    """The try that Airflow knows of; others may still be alive."""


@dataclass(frozen=True)
class Deployment:
    """What all runs of a DAG share."""

    ledger: Ledger
    api: EncordApi
    storage: Storage
    source: Callable[[], Source]
    ingestion: Ingestion
    rules: Rules
    dataset: str


@dataclass(eq=False)
class DagRun:
    """build, then a submit for each manifest, then the wait, then link, then the receipt."""

    name: str
    deployment: Deployment
    failures: list[str] = field(default_factory=list)
    """What ended tasks that will not be tried again by themselves."""

    def __post_init__(self) -> None:
        self.build = TaskInstance("build", self._build)
        self.submits: list[TaskInstance] = []
        self.settle = TaskInstance("settle", self._settle)
        self.link = TaskInstance("link", self._link)
        self.receipt = TaskInstance("receipt", self._receipt)

    @property
    def tasks(self) -> list[TaskInstance]:
        """All tasks, upstream first."""
        return [self.build, *self.submits, self.settle, self.link, self.receipt]

    @property
    def is_over(self) -> bool:
        """Whether every task has succeeded."""
        return all(task.state is State.SUCCESS for task in self.tasks)

    def ready(self) -> list[TaskInstance]:
        """Return the tasks that the scheduler may start."""
        return [
            task
            for task in self.tasks
            if task.state is State.WAITING and all(up.state is State.SUCCESS for up in self._upstream(task))
        ]

    def start(self, task: TaskInstance) -> Process:
        """Begin the next try of a task."""
        task.tries += 1
        task.state = State.RUNNING
        task.process = Process(f"{self.name}/{task.name}#{task.tries}", task.body)
        return task.process

    def ended(self, process: Process) -> None:
        """Take note of a try that came to its end; one that Airflow has given up does not count."""
        task = next((task for task in self.tasks if task.process is process), None)
        if task is None:
            return
        task.process = None
        match process.error:
            case None:
                task.state, task.result = State.SUCCESS, process.result
                if task is self.build:
                    self._expand(process.result)
            case RetryLater() | Killed() | Terminated():
                task.state = State.WAITING
            case _:
                task.state = State.FAILED
                self.failures.append(f"{process.name}: {process.error!r}")

    def presume_dead(self, task: TaskInstance) -> None:
        """Give up the try that runs, which goes on all the same; there will be another."""
        task.state, task.process = State.WAITING, None

    def clear(self, task: TaskInstance) -> None:
        """Make a task and what follows it run again."""
        if task is self.build:
            self.submits = []
        for follower in self.tasks[self.tasks.index(task) :]:
            if follower is task or follower not in self.submits:
                follower.state, follower.process = State.WAITING, None

    def run(self, task: str) -> Run:
        """Name this run, as one of its tasks does."""
        there = self.deployment
        return Run(there.ledger, Task(self.name, task), there.ingestion, there.api.credentials.domain)

    def _upstream(self, task: TaskInstance) -> list[TaskInstance]:
        if task is self.build:
            return []
        if task in self.submits:
            return [self.build]
        if task is self.settle:
            return [self.build, *self.submits]
        return [self.settle] if task is self.link else [self.link]

    def _expand(self, manifests: list[str]) -> None:
        self.submits = [
            TaskInstance(f"submit[{index}]", partial(self._submit, index, manifest))
            for index, manifest in enumerate(manifests)
        ]

    def _build(self) -> list[str]:
        there = self.deployment
        records = build(self.run("build"), there.source(), there.storage, there.rules)
        return [record.id for record in records]

    def _submit(self, index: int, manifest: str) -> str | None:
        there = self.deployment
        return submit(there.ledger, there.api, there.storage, manifest, Task(self.name, f"submit[{index}]"))

    def _settle(self) -> dict[str, int]:
        there = self.deployment
        jobs = [str(task.result) for task in self.submits if task.result]
        task = Task(self.name, "settle")
        while (
            outcome := settle_finished(there.ledger, there.api, there.storage, jobs, None, task=task)
        ).running:
            reach(DEFERRED)
        return outcome.counts

    def _link(self) -> Linked:
        there = self.deployment
        task = Task(self.name, "link")
        return link_folder(there.ledger, there.api, there.ingestion.folder, there.dataset, task)

    def _receipt(self) -> Receipt:
        return receipt(self.run("receipt"))


def is_expected(error: BaseException | None) -> bool:
    """Tell whether a try may end like this: in peace, by force, or with an error of ours."""
    return error is None or isinstance(error, FailNow | RetryLater | Killed | Terminated)
