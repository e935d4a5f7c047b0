"""What files were found to be, so that no version of an object is looked at twice."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy import Row, select

from encord_provider.ledger.tables import probes
from encord_provider.ledger.transactions import Transaction
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.media_metadata import METADATA_FORMS, MediaMetadata
from encord_provider.manifest.objects import BucketObject
from encord_provider.media.budget import Budget
from encord_provider.media.grades import Grade, Probe

RULES = 2
"""Raised when a rule changes what is proven: everything is then looked at again."""

_AT_ONCE = 500
"""Rows asked for in one statement."""


@dataclass(frozen=True)
class Probed:
    """One version of an object, as something of a kind."""

    kind: Kind
    obj: BucketObject

    def digest(self, budget: Budget) -> str:
        """Name what is found of it at this cost: 32 hexadecimal digits."""
        named = [self.obj.url, self.obj.version, self.obj.size, self.kind.value, RULES, *astuple(budget)]
        return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:32]


class Probes:
    """The verdicts on files, of all targets."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def known(self, wanted: Sequence[Probed], budget: Budget) -> dict[Probed, Probe]:
        """Return the verdicts that there are."""
        names = {one.digest(budget): one for one in wanted}
        found: dict[Probed, Probe] = {}
        ids = list(names)
        with self._transaction() as connection:
            for start in range(0, len(ids), _AT_ONCE):
                rows = connection.execute(
                    select(probes).where(probes.c.id.in_(ids[start : start + _AT_ONCE]))
                )
                found |= {names[row.id]: _probe(row) for row in rows}
        return found

    def record(self, found: Mapping[Probed, Probe], budget: Budget, now: float) -> None:
        """Write verdicts down; those that another task has written in the meantime stay."""
        if not found:
            return
        with self._transaction() as connection:
            rows = {one.digest(budget): (one, probe) for one, probe in found.items()}
            there = set(connection.scalars(select(probes.c.id).where(probes.c.id.in_(list(rows)))))
            new = [_row(name, one, probe, now) for name, (one, probe) in rows.items() if name not in there]
            if new:
                connection.execute(probes.insert(), new)


def _row(name: str, one: Probed, probe: Probe, now: float) -> dict[str, Any]:
    return {
        "id": name,
        "url": one.obj.url,
        "version": one.obj.version,
        "kind": one.kind.value,
        "grade": probe.grade.value,
        "media": None if probe.media is None else json.dumps(vars(probe.media), ensure_ascii=False),
        "reasons": json.dumps(probe.reasons, ensure_ascii=False),
        "fetched": probe.fetched,
        "requests": probe.requests,
        "probed_at": now,
    }


def _probe(row: Row[Any]) -> Probe:
    media: MediaMetadata | None = None
    if row.media is not None:
        _, form = METADATA_FORMS[Kind(row.kind)]
        media = form(**json.loads(row.media))
    return Probe(Grade(row.grade), media, tuple(json.loads(row.reasons)), row.fetched, row.requests)
