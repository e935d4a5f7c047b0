"""The items of a folder get rows in a dataset."""

from dataclasses import dataclass

from encord_provider.encord_api.api import EncordApi
from encord_provider.ingestion.run import Task
from encord_provider.ledger.ledger import Ledger

DATASET_SECONDS = 900
"""How long finding or making a dataset may take; longer than all retries of its requests together."""

PATIENCE_SECONDS = 60
"""How long to wait for another task that does the same, before leaving the wait to Airflow."""


@dataclass(frozen=True)
class Linked:
    """What a link did."""

    dataset_uuid: str
    linked: int
    """Items that got a row."""

    already: int
    """Items that had one."""


def link_folder(ledger: Ledger, api: EncordApi, folder: str, dataset: str, task: Task) -> Linked:
    """Give every item of *folder* a row in *dataset*, which is made when it is absent; doing it again changes nothing.

    Titles are not unique, so only one task at a time may make the dataset.
    """
    lease = f"dataset {api.credentials.domain}#{dataset}"
    with ledger.leases.hold(lease, task.name, DATASET_SECONDS, patience=PATIENCE_SECONDS) as held:
        dataset_uuid = api.dataset(dataset, create=True, before_create=held.prolong)
        held.prolong()  # who stood still for a whole lease may have made a second one: nothing goes into it
    there = api.linked(dataset_uuid)
    items = [item.uuid for item in api.items(folder)]
    absent = [uuid for uuid in items if uuid not in there]
    api.link(dataset_uuid, absent)
    return Linked(dataset_uuid, len(absent), len(items) - len(absent))
