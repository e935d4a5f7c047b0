"""Folders and datasets, made once though several tasks want them: their names are not unique."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.folders import path_of
from encord_provider.encord_api.found import Item
from encord_provider.errors import NotFound
from encord_provider.ingestion.run import Task, target_name
from encord_provider.ledger.leases import Lease
from encord_provider.ledger.ledger import Ledger

PLACE_SECONDS = 900
"""How long finding or making one may take; longer than all retries of its requests together."""

MAKING = "making it"
"""What a task that holds the lease does from before the request on."""

PATIENCE_SECONDS = 60
"""How long to wait for another task that does the same, before leaving the wait to Airflow."""

log = logging.getLogger(__name__)


@dataclass
class Place:
    """A folder or a dataset, found or made."""

    uuid: str
    created: bool
    """Whether it was absent."""


def made_folder(
    ledger: Ledger,
    api: EncordApi,
    name: str,
    task: Task,
    *,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Place:
    """Find the folder of this name, path or UUID, or make it as it is described.

    Folders of one path share those above them, so the lease is for the topmost.
    """
    top = (path_of(name) or [name])[0]
    with making(ledger, folder_lease(api, top), task) as mark:
        uuid = api.folder(name, create=True, before_create=mark, description=description, metadata=metadata)
    return Place(uuid, mark.called)


def made_dataset(
    ledger: Ledger,
    api: EncordApi,
    title: str,
    task: Task,
    *,
    description: str | None = None,
    backing_folder: bool = False,
) -> Place:
    """Find the dataset of this title or UUID, or make it as it is described."""
    with making(ledger, f"dataset {target_name(api.credentials.domain, title)}", task) as mark:
        uuid = api.dataset(
            title, create=True, before_create=mark, description=description, backing_folder=backing_folder
        )
    return Place(uuid, mark.called)


def none_if_awaited(ledger: Ledger, api: EncordApi, folder: str, items: Iterable[Item]) -> Iterator[Item]:
    """Yield the *items* of *folder*; none while it is absent because no run has had anything to put into it.

    Raises:
        NotFound: It is absent, and no run is to fill it, or one has filled it.

    """
    try:
        yield from items
    except NotFound:
        if not ledger.runs.awaits_first(target_name(api.credentials.domain, folder)):
            raise
        log.info("there is no folder %r yet: no run has had anything to register in it", folder)


@dataclass
class Mark:
    """To be called before something is made: makes sure of the lease, and remembers that it was."""

    lease: Lease
    called: bool = False

    def __call__(self) -> None:
        """Raise `LeaseHeld` when somebody else may be making it by now."""
        self.lease.prolong(doing=MAKING)
        self.called = True


def folder_lease(api: EncordApi, name: str) -> str:
    """Name the lease of whoever finds or makes the folder *name*."""
    return f"folder {target_name(api.credentials.domain, name)}"


@contextmanager
def making(ledger: Ledger, lease: str, task: Task) -> Iterator[Mark]:
    """Hold *lease* for a block that finds something or, after it has called the mark, makes it.

    Raises:
        LeaseHeld: Another task is at it, or this one stood still for so long that another may have made it, too.

    """
    with ledger.leases.hold(lease, task.name, PLACE_SECONDS, patience=PATIENCE_SECONDS) as held:
        mark = Mark(held)
        yield mark
        if mark.called:  # who stood still for a whole lease has made a second one: nothing goes into it
            held.prolong()
