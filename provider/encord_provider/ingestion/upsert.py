"""The items of a folder get the metadata of a table."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.found import Item
from encord_provider.errors import BadTable
from encord_provider.ingestion.places import none_if_awaited
from encord_provider.ingestion.run import Task, target_name
from encord_provider.ingestion.storage import Storage
from encord_provider.ingestion.upsert_jobs import Sendable, UpsertJobs
from encord_provider.ledger.given import PAGE
from encord_provider.ledger.leases import Lease
from encord_provider.ledger.ledger import Ledger
from encord_provider.manifest.manifests import digest_of
from encord_provider.metadata.merge import Merged, MergeRules, merge, same
from encord_provider.metadata.plan import Change, Plan, Present, plan

BY = ("title", "url", "uuid")
"""What of an item may name a row of a table."""

BY_KEY = "metadata."
"""What stands before the key, where items are matched by a metadata key of theirs."""

UPSERT_SECONDS = 900
"""How long one bundle may take; longer than all retries of its requests together."""

PATIENCE_SECONDS = 60
"""How long to wait for another task that describes the same folder, before leaving the wait to Airflow."""


@dataclass(frozen=True)
class Table:
    """What the items of a folder are to have."""

    name: str
    """The same at every run: it tells what this table gave an item from what others wrote."""

    folder: str
    wanted: Mapping[str, Mapping[str, Any]]
    matched_by: str = "title"
    """What of the item names a row: ``title``, ``url``, ``uuid``, or ``metadata.`` and a key."""

    rules: MergeRules = field(default_factory=MergeRules)
    jobs: bool = False
    """Whether upload jobs send it, where a manifest can name the item."""

    integration: str | None = None
    """Title of the integration of those jobs; None is the connection's."""


@dataclass(frozen=True)
class Upserted:
    """What an upsert did, or would do."""

    plan: Plan
    changes_uri: str | None
    """Where each change stands, one a line; None when there is none."""


class Upsert:
    """One table, and the folder it describes."""

    def __init__(self, ledger: Ledger, api: EncordApi, storage: Storage, table: Table, task: Task) -> None:
        self._ledger = ledger
        self._api = api
        self._storage = storage
        self._table = table
        self._task = task
        self._sendable = Sendable()

    def run(self, *, preview: bool = False) -> Upserted:
        """Compare the table with the folder, write down what changes and, unless it is a preview, send it.

        Raises:
            BadTable: Items are to be matched by something that they do not have.
            LeaseHeld: Another task is describing the same folder.

        """
        if self._table.matched_by not in BY and not self._table.matched_by.startswith(BY_KEY):
            known = ", ".join(BY)
            problem = f"matched_by={self._table.matched_by!r} is none of {known}, nor {BY_KEY} and a key"
            raise BadTable(self._table.name, [problem])
        name = f"metadata {target_name(self._api.credentials.domain, self._table.folder)}"
        hold = self._ledger.leases.hold(name, self._task.name, UPSERT_SECONDS, patience=PATIENCE_SECONDS)
        with hold as held:
            planned = plan(self._table.wanted, self._present(held), self._table.rules)
            uri = self._write_down(planned)
            if not preview:
                self._send(planned, held)
        return Upserted(planned, uri)

    def _present(self, held: Lease) -> Iterator[Present]:
        folder = self._table.folder
        items = none_if_awaited(self._ledger, self._api, folder, self._api.items(folder, metadata=True))
        while page := list(islice(items, PAGE)):
            held.prolong()
            given = self._ledger.given_metadata.of(self._table.name, [item.uuid for item in page])
            for item in page:
                if self._table.jobs:
                    self._sendable.note(item)
                match = _match(item, self._table.matched_by)
                yield Present(item.uuid, match, item.client_metadata, given.get(item.uuid, {}))

    def _write_down(self, planned: Plan) -> str | None:
        """Store the changes before any is sent, so that each can be undone."""
        kept = [change for change in planned.conflicts if not change.is_one]
        lines = [_line(change) for change in [*planned.updates.values(), *kept]]
        if not lines:
            return None
        content = "".join(lines).encode()
        name = f"{self._task.name.replace(':', '_')}-{digest_of(content)[:8]}"  # another try changes what is left
        return self._storage.write(f"metadata/{name}.jsonl", content)

    def _send(self, planned: Plan, held: Lease) -> None:
        by_jobs = self._sendable.among(planned.updates)
        self._send_by_jobs(planned, by_jobs, held)
        given: dict[str, dict[str, Any]] = {}

        def changed(uuid: str, present: Mapping[str, Any]) -> Mapping[str, Any]:
            merged = self._merged(planned.updates[uuid], present)
            given[uuid] = merged.given
            return merged.metadata

        rest = [uuid for uuid in planned.updates if uuid not in by_jobs]
        for bundle in self._api.change_metadata(rest, changed):
            self._record({uuid: given.pop(uuid) for uuid in bundle})
            held.prolong()
        self._record(planned.learned)

    def _send_by_jobs(self, planned: Plan, items: Mapping[str, Item], held: Lease) -> None:
        jobs = UpsertJobs(self._api, self._table.folder, self._table.integration)
        metadata = {uuid: planned.updates[uuid].after for uuid in items}
        for sent in jobs.send(items, metadata, held.prolong) if items else ():
            changes = {uuid: planned.updates[uuid] for uuid in sent}
            self._record({u: self._merged(change, change.before).given for u, change in changes.items()})
            held.prolong()

    def _merged(self, change: Change, present: Mapping[str, Any]) -> Merged:
        return merge(present, self._table.wanted[change.match], change.given, self._table.rules)

    def _record(self, given: Mapping[str, Mapping[str, Any]]) -> None:
        waiting = iter(given)
        while page := list(islice(waiting, PAGE)):
            self._ledger.given_metadata.record(self._table.name, {uuid: given[uuid] for uuid in page})


def undo(ledger: Ledger, api: EncordApi, uri: str, content: bytes) -> tuple[int, int]:
    """Give items back what an upsert changed, except where somebody has changed it since.

    *content* is the file of changes at *uri*. Returns how many items were changed, and how many values were kept.

    Raises:
        BadTable: *content* is no file of changes.

    """
    changes = _changes(uri, content)
    kept = 0

    def changed(uuid: str, present: Mapping[str, Any]) -> Mapping[str, Any]:
        nonlocal kept
        merged = _undone(changes[uuid], present)
        kept += len(merged.conflicts)
        return merged.metadata

    for bundle in api.change_metadata(changes, changed):
        ledger.given_metadata.forget(bundle)
    return len(changes), kept


def _undone(change: Mapping[str, Any], present: Mapping[str, Any]) -> Merged:
    before, after = change["before"], change["after"]
    touched = {key for key in {*before, *after} if key not in before or key not in after}
    touched |= {key for key in before.keys() & after.keys() if not same(before[key], after[key])}
    wanted = {key: before[key] for key in touched if key in before}
    given = {key: after[key] for key in touched if key in after}
    return merge(present, wanted, given, MergeRules(winner="platform", prune=True))


def _changes(uri: str, content: bytes) -> dict[str, Mapping[str, Any]]:
    changes = {}
    faults = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            change = json.loads(line)
            if change["before"] != change["after"]:
                changes[str(change["item"])] = change
        except (ValueError, KeyError, TypeError):
            faults.append(f"line {number}: not a change of metadata")
    if faults:
        raise BadTable(uri, faults)
    return changes


def _line(change: Change) -> str:
    return json.dumps(change.as_json(), ensure_ascii=False) + "\n"


def _match(item: Item, matched_by: str) -> str:
    whole = {"title": item.name, "url": item.url or "", "uuid": item.uuid}
    if matched_by in whole:
        return whole[matched_by]
    value = item.client_metadata.get(matched_by.removeprefix(BY_KEY))
    return value if isinstance(value, str) else json.dumps(value)
