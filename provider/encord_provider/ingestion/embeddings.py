"""The items of a folder get the vectors of a file."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.found import Item
from encord_provider.errors import BadTable
from encord_provider.ingestion.places import none_if_awaited
from encord_provider.ingestion.run import Task, target_name
from encord_provider.ingestion.schema import keep_schema
from encord_provider.ingestion.upsert import PATIENCE_SECONDS, UPSERT_SECONDS
from encord_provider.ingestion.vectors import FAULTS_KEPT, Vectors
from encord_provider.ledger.given import PAGE
from encord_provider.ledger.leases import Lease
from encord_provider.ledger.ledger import Ledger
from encord_provider.metadata.declaration import Declaration
from encord_provider.metadata.embeddings import WHOLE, kind_problem
from encord_provider.metadata.merge import same

log = logging.getLogger(__name__)

BY: Final = ("title", "url", "uuid")
"""What of an item may name a row."""

BUNDLE_NUMBERS: Final = 250_000
"""Numbers that one bundle sends, unless a single item has more: some 5 MB, where a thousand items would be 80."""

SHOWN: Final = 100
"""Names without an item, and replaced vectors, that are logged."""

_DIGITS: Final = 25
"""Bytes that a number and its comma take up as JSON, at most."""


@dataclass(frozen=True)
class Target:
    """Whose vectors they are."""

    name: str
    """The same at every run: what the ledger remembers them by."""

    folder: str
    matched_by: str = "title"
    """What of an item names a row: ``title``, ``url`` or ``uuid``."""


@dataclass
class Embedded:
    """What became of the vectors of a file."""

    items: int = 0
    """Items that were sent their vectors."""

    unchanged: int = 0
    """Items that had them already."""

    unmatched: int = 0
    """Names that no item has."""

    replaced: int = 0
    """Items that had another vector there, which somebody else wrote."""


class Embed:
    """One file of vectors, and the folder whose items get them."""

    def __init__(self, ledger: Ledger, api: EncordApi, vectors: Vectors, target: Target, task: Task) -> None:
        self._ledger = ledger
        self._api = api
        self._vectors = vectors
        self._target = target
        self._task = task
        self._result = Embedded()

    def run(self) -> Embedded:
        """Find the items, see to the key of the schema, and send what items lack.

        The ledger keeps a digest of what each item was sent, so that another run asks only for the others. What a
        task sent that died before it could note it is found when the item is read, and not sent again.

        Raises:
            BadTable: Items that cannot have the vectors that are meant for them, all of them at once.
            SchemaDrift: The key is of another type or size, and can never be otherwise.
            LeaseHeld: Another task is describing the same folder.

        """
        if self._target.matched_by not in BY:
            problem = f"matched_by={self._target.matched_by!r} is none of {', '.join(BY)}"
            raise BadTable(self._vectors.embeddings.vectors, [problem])
        name = f"metadata {target_name(self._api.credentials.domain, self._target.folder)}"
        hold = self._ledger.leases.hold(name, self._task.name, UPSERT_SECONDS, patience=PATIENCE_SECONDS)
        with hold as held:
            self._match(held)
            ensure_key(self._ledger, self._api, self._vectors, self._task)
            for bundle in self._bundles(held):
                self._send(bundle)
        return self._result

    def _match(self, held: Lease) -> None:
        """Find the item of each row."""
        faults: list[str] = []
        folder = self._target.folder
        items = none_if_awaited(self._ledger, self._api, folder, self._api.items(folder))
        while page := list(islice(items, PAGE)):
            held.prolong()
            places = self._vectors.places({_name(item, self._target.matched_by) for item in page})
            for item in page:
                rows = places.get(_name(item, self._target.matched_by))
                if rows:
                    faults += self._problems(item, rows)
                    self._vectors.match(item.uuid, rows.values())
        if faults:
            more = [f"and {len(faults) - FAULTS_KEPT} more"] if len(faults) > FAULTS_KEPT else []
            raise BadTable(self._vectors.embeddings.vectors, faults[:FAULTS_KEPT] + more)
        self._result.unmatched, names = self._vectors.unmatched(SHOWN)
        for unmatched in names:
            log.warning("no item has the %s %r", self._target.matched_by, unmatched)

    def _problems(self, item: Item, rows: Mapping[str, int]) -> Iterator[str]:
        for place, row in rows.items():
            problem = kind_problem(item.kind, framed=place != WHOLE)
            if problem:
                yield f"row {self._vectors.line(row)}, {item.name!r}: {problem}"
        most = self._vectors.limits.metadata_bytes
        if len(rows) * self._vectors.size * _DIGITS > most:
            size = sum(len(json.dumps(self._vectors.numbers(row))) for row in rows.values())
            if size > most:
                yield f"{item.name!r}: its vectors take {size} bytes as JSON, and an item takes {most}"

    def _bundles(self, held: Lease) -> Iterator[dict[str, dict[str, int]]]:
        """Yield items that the ledger does not know to have their vectors, as many as one bundle sends."""
        matched = self._vectors.matched()
        bundle: dict[str, dict[str, int]] = {}
        while page := dict(islice(matched, PAGE)):
            held.prolong()
            given = self._given(page)
            for item, rows in page.items():
                if given.get(item) == self._digest(rows):
                    self._result.unchanged += 1
                    continue
                bundle[item] = rows
                if sum(map(len, bundle.values())) * self._vectors.size >= BUNDLE_NUMBERS:
                    yield bundle
                    held.prolong()
                    bundle = {}
        if bundle:
            yield bundle

    def _given(self, items: Mapping[str, Any]) -> dict[str, Any]:
        """Return the digests of what items were sent."""
        key = self._vectors.embeddings.embedding
        given = self._ledger.given_metadata.of(self._target.name, list(items))
        return {item: metadata.get(key) for item, metadata in given.items()}

    def _digest(self, rows: Mapping[str, int]) -> str:
        return self._vectors.digest({place: self._vectors.numbers(row) for place, row in rows.items()})

    def _send(self, bundle: Mapping[str, Mapping[str, int]]) -> None:
        """Lay vectors over what items have a moment before it is sent."""
        embeddings = self._vectors.embeddings
        given = self._given(bundle)
        digests: dict[str, str] = {}

        def changed(item: str, present: Mapping[str, Any]) -> Mapping[str, Any] | None:
            vectors = {place: self._vectors.numbers(row) for place, row in bundle[item].items()}
            digests[item] = self._vectors.digest(vectors)
            found = embeddings.vectors_in(present, list(vectors))
            try:
                wanted = embeddings.laid_over(present, vectors)
            except ValueError as error:
                raise BadTable(embeddings.vectors, [f"item {item}: {error}"]) from None
            is_there = same(wanted, present)
            self._result.unchanged += is_there
            self._result.items += not is_there
            if found and not same(found, vectors) and not self._is_ours(found, given.get(item)):
                self._result.replaced += 1
                log.warning("item %s had another vector, which somebody else wrote", item)
            return None if is_there else wanted

        for sent in self._api.change_metadata(bundle, changed):
            noted = {item: {embeddings.embedding: digests[item]} for item in sent}
            self._ledger.given_metadata.record(self._target.name, noted)

    def _is_ours(self, found: Mapping[str, Any], given: str | None) -> bool:
        try:
            return self._vectors.digest(found) == given
        except (TypeError, ValueError):  # no vector of numbers
            return False


def ensure_key(ledger: Ledger, api: EncordApi, vectors: Vectors, task: Task) -> None:
    """Make the key of *vectors* in the organisation's metadata schema: without it they would count as text.

    Raises:
        BadTable: A name that no embedding can have.
        SchemaDrift: The key is of another type or size, and can never be otherwise.

    """
    if not vectors.count:
        return
    keys = {vectors.embeddings.embedding: {"type": "embedding", "size": vectors.size}}
    declaration = Declaration.parse("embedding", {"keys": keys})
    keep_schema(ledger, api, declaration, "apply", task)


def _name(item: Item, matched_by: str) -> str:
    return {"title": item.name, "url": item.url or "", "uuid": item.uuid}[matched_by]
