"""What a batch of examined units changes in the world, in one transaction.

A unit's verdict, its item and its data row are written together, so that after a crash a unit is either still
pending or settled with all its consequences: nothing is lost, nothing is registered twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, RowMapping, bindparam, update

from encord_provider.sandbox import data_rows, folders, items, jobs
from encord_provider.sandbox.errors import ForbiddenError
from encord_provider.sandbox.jobs import State
from encord_provider.sandbox.registration.draft import FACTS, Draft, Refusal
from encord_provider.sandbox.tables import jobs as jobs_table
from encord_provider.sandbox.tables import units as units_table
from encord_provider.sandbox.units import Unit

_OUTCOME = ("state", "error", "item_uuid", "item_name", "data_row_uuid")


@dataclass(frozen=True)
class Examined:
    """A unit with its verdict."""

    uuid: str
    unit: Unit
    verdict: Draft | Refusal | None
    """None where the folder had its like when it was about to be examined."""


class Settlement:
    """One batch of one job, settled over an open transaction."""

    def __init__(self, connection: Connection, job: RowMapping, storage_location: str, now: str) -> None:
        self._connection = connection
        self._job = job
        self._storage_location = storage_location
        self._now = now
        self._known: dict[str, str] = {}
        self._taken: set[str] = set()
        self._items: list[dict[str, Any]] = []
        self._links: list[dict[str, Any]] = []
        self._metadata: dict[str, str] = {}
        self._outcomes: list[dict[str, Any]] = []

    def settle(self, batch: Sequence[Examined]) -> bool:
        """Write the verdicts on *batch*; return whether the job is over.

        Units that were cancelled meanwhile are left alone. A duplicate is decided here, where nobody else writes: two
        jobs that race for one URL in one folder register it once.
        """
        live = jobs.still_pending(self._connection, [examined.uuid for examined in batch])
        if self._job["skip_duplicate_urls"]:
            identities = [examined.unit.identity for examined in batch]
            self._known = items.identities(self._connection, self._job["folder_uuid"], identities)
        self._taken = items.existing(
            self._connection, [uuid for examined in batch for uuid in _announced(examined)]
        )
        failed = False
        for examined in batch:
            if examined.uuid in live:
                failed = self._settle_one(examined) is State.ERROR and not self._job["ignore_errors"]
            if failed:
                break
        self._write()
        return self._close(failed=failed)

    def _settle_one(self, examined: Examined) -> State:
        unit, verdict = examined.unit, examined.verdict
        twin = self._known.get(unit.identity)
        if twin is not None:
            if self._job["upsert_metadata"] and unit.client_metadata is not None:
                self._metadata[twin] = unit.client_metadata
            return self._outcome(examined, State.DONE)
        if verdict is None:  # its like was deleted meanwhile, so it has to be examined after all
            return State.PENDING
        reason = verdict.reason if isinstance(verdict, Refusal) else self._unfit(examined, verdict)
        if reason is not None or isinstance(verdict, Refusal):
            return self._outcome(examined, State.ERROR, error=reason)
        if unit.replaces is not None:
            return self._replace(examined, verdict, unit.replaces)
        self._record(verdict, unit.client_metadata or "{}")
        if self._job["skip_duplicate_urls"]:
            self._known[unit.identity] = verdict.uuid
        return self._outcome(examined, State.DONE, item_uuid=verdict.uuid, item_name=verdict.name)

    def _outcome(self, examined: Examined, state: State, **columns: str | None) -> State:
        nothing = dict.fromkeys(_OUTCOME)
        self._outcomes.append({"unit": examined.uuid} | nothing | columns | {"state": state})
        return state

    def _unfit(self, examined: Examined, draft: Draft) -> str | None:
        """Return what of the world as it is now stands against an item."""
        announced = _announced(examined)
        if self._taken.intersection(announced):
            return "The placeholder of the uploaded file is an item already."
        self._taken.update(announced)
        if not draft.existing_children:
            return None
        try:
            found = items.get_all(self._connection, draft.existing_children)
        except ForbiddenError as error:
            return error.message
        if any(item["item_type"] != "image" for item in found):
            return "An image group can only be made from image items."
        return None

    def _replace(self, examined: Examined, draft: Draft, item_uuid: str) -> State:
        """Give an item of a cloud-synced folder the facts of its changed object."""
        facts = {name: draft.facts.get(name) for name in FACTS}
        items.change(
            self._connection, item_uuid, facts | {"e_tag": draft.e_tag, "is_tombstone": False}, self._now
        )
        return self._outcome(examined, State.DONE)

    def _record(self, draft: Draft, client_metadata: str) -> None:
        self._items.append(self._item(draft, client_metadata, is_frame=False))
        self._items.extend(self._item(child, "{}", is_frame=True) for child in draft.children)
        below = [*(child.uuid for child in draft.children), *draft.existing_children]
        self._links.extend(
            {"parent_uuid": draft.uuid, "position": position, "child_uuid": child}
            for position, child in enumerate(below)
        )

    def _item(self, draft: Draft, client_metadata: str, *, is_frame: bool) -> dict[str, Any]:
        return {
            "uuid": draft.uuid,
            "folder_uuid": self._job["folder_uuid"],
            "item_type": draft.item_type,
            "name": draft.name,
            "description": "",
            "client_metadata": client_metadata,
            "owner": self._job["owner"],
            "created_at": self._now,
            "last_edited_at": self._now,
            "is_frame": is_frame,
            "is_tombstone": False,
            "storage_location": self._storage_location,
            "integration_uuid": self._job["integration_uuid"],
            "url": draft.url,
            "identity": draft.identity,
            "details": draft.details,
            "e_tag": draft.e_tag,
        } | {name: draft.facts.get(name) for name in FACTS}

    def _write(self) -> None:
        items.add(self._connection, self._items, self._links)
        items.replace_metadata(self._connection, self._metadata, self._now)
        self._link()
        if self._outcomes:
            changed = update(units_table).where(units_table.c.uuid == bindparam("unit"))
            columns: dict[str, BindParameter[Any]] = {name: bindparam(f"new_{name}") for name in _OUTCOME}
            parameters = [
                {"unit": outcome["unit"]} | {f"new_{name}": outcome[name] for name in _OUTCOME}
                for outcome in self._outcomes
            ]
            self._connection.execute(changed.values(columns), parameters)
        done = sum(outcome["state"] is State.DONE for outcome in self._outcomes)
        error = len(self._outcomes) - done
        c = jobs_table.c
        counters = {c.pending: c.pending - done - error, c.done: c.done + done, c.error: c.error + error}
        self._connection.execute(update(jobs_table).where(c.uuid == self._job["uuid"]).values(counters))

    def _link(self) -> None:
        """Link the new items to the dataset that mirrors the folder, and to the job's own."""
        registered = [outcome for outcome in self._outcomes if outcome["item_uuid"]]
        if not registered:
            return
        mirror = folders.get(self._connection, self._job["folder_uuid"])["synced_dataset_uuid"]
        for dataset in dict.fromkeys((mirror, self._job["dataset_uuid"])):
            if dataset is not None:
                uuids = [outcome["item_uuid"] for outcome in registered]
                rows = data_rows.add(self._connection, dataset, uuids, self._now)
                for outcome, row in zip(registered, rows, strict=True):
                    outcome["data_row_uuid"] = row

    def _close(self, *, failed: bool) -> bool:
        uuid = self._job["uuid"]
        if failed:
            jobs.cancel_units(self._connection, uuid)
            jobs.close(self._connection, uuid, State.ERROR, self._now)
            return True
        job = jobs.get(self._connection, uuid)
        if job["status"] == State.PENDING and job["pending"] == 0:
            jobs.close(self._connection, uuid, State.DONE, self._now)
            return True
        return bool(job["status"] != State.PENDING)


def _announced(examined: Examined) -> list[str]:
    """Return the UUIDs that a client was given with the places to upload to."""
    return [part.placeholder for part in examined.unit.parts if part.placeholder]
