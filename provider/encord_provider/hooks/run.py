"""A task's context becomes the run that the ledger knows."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger

if TYPE_CHECKING:
    from encord_provider.ingestion.run import Run, Task
    from encord_provider.ledger.ledger import Ledger
    from encord_provider.manifest.ingestion import Ingestion


def task_of(context: Mapping[str, Any]) -> "Task":
    """Return what the ledger calls this task; the same at every try."""
    from encord_provider.ingestion.run import Task

    ti = context["ti"]
    mapped = f"[{ti.map_index}]" if ti.map_index >= 0 else ""
    return Task(f"{ti.dag_id}/{ti.run_id}", f"{ti.task_id}{mapped}")


@contextmanager
def open_run(context: Mapping[str, Any], ingestion: "Ingestion") -> Iterator["Run"]:
    """Open the ledger for one task of a run."""
    with open_ledger() as ledger:
        yield _run(ledger, task_of(context), ingestion)


@contextmanager
def open_run_by_hand(command: str, ingestion: "Ingestion") -> Iterator["Run"]:
    """Open the ledger for a command that a person gives."""
    from encord_provider.ingestion.run import Task

    with open_ledger() as ledger:
        yield _run(ledger, Task(f"command/{uuid4().hex}", command), ingestion)


def _run(ledger: "Ledger", task: "Task", ingestion: "Ingestion") -> "Run":
    from encord_provider.ingestion.run import Run

    return Run(ledger, task, ingestion, EncordHook(ingestion.encord_conn_id).credentials.domain)
