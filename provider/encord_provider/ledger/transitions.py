"""Where fates change: every change is in the table of `fates`, or is refused."""

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select, update

from encord_provider.errors import IllegalTransition
from encord_provider.ledger.fates import FOLLOWS, Fate, may_precede
from encord_provider.ledger.tables import objects

_UNDONE: Final = dict.fromkeys(
    ("manifest", "unit", "kind", "shared", "item_uuid", "reason", "settled_at", "missing_since")
)


def move(
    connection: Connection,
    which: ColumnElement[bool],
    what: str,
    fate: Fate,
    values: Mapping[str, Any],
    *,
    follows: Collection[Fate] | None = None,
) -> None:
    """Give the objects *which* a fate that may follow the one they have, and *values* with it.

    Args:
        connection: The transaction.
        which: Picks the objects.
        what: Names them in an error.
        fate: What becomes of them.
        values: Columns that change with it.
        follows: The fates that it may follow here, where that is fewer than the table allows.

    Raises:
        IllegalTransition: None of them has a fate that *fate* may follow.

    """
    legal = may_precede(fate) if follows is None else follows
    query = update(objects).where(which, objects.c.fate.in_(legal)).values(_with(fate) | dict(values))
    if connection.execute(query).rowcount == 0:
        present = connection.scalar(select(objects.c.fate).where(which))
        raise IllegalTransition(what, str(present or "not in the ledger"), fate)


def move_all(connection: Connection, which: ColumnElement[bool], before: Fate, after: Fate) -> int:
    """Give those of the objects *which* that are *before* the fate *after*; return how many.

    Raises:
        IllegalTransition: *after* may not follow *before*.

    """
    _require_legal(before, after)
    query = update(objects).where(which, objects.c.fate == before).values(_with(after))
    return connection.execute(query).rowcount


def move_each(
    connection: Connection,
    which: ColumnElement[bool],
    rows: Sequence[Mapping[str, Any]],
    before: Fate,
    after: Fate,
) -> None:
    """Do what `move_all` does once for each of *rows*.

    A row has the parameters that *which* binds, and columns that change with the fate.

    Raises:
        IllegalTransition: *after* may not follow *before*.

    """
    _require_legal(before, after)
    query = update(objects).where(which, objects.c.fate == before).values(_with(after))
    if rows:
        connection.execute(query, rows)


def move_units(
    connection: Connection, manifest: str, fate: Fate, units: Mapping[str, Mapping[str, Any]]
) -> None:
    """Give units of a manifest a *fate*, and each of them the columns that *units* has for its title.

    Units that have this fate stay as they are.

    Raises:
        IllegalTransition: A unit has none that may become *fate*, or is not of this manifest.

    """
    if not units:
        return
    of_manifest = objects.c.manifest == manifest
    legal = or_(*(objects.c.fate == before for before in may_precede(fate) - {fate}))
    query = (
        update(objects).where(of_manifest, objects.c.unit == bindparam("title"), legal).values(_with(fate))
    )
    connection.execute(query, [{"title": title, **columns} for title, columns in units.items()])
    moved = set(connection.scalars(select(objects.c.unit).where(of_manifest, objects.c.fate == fate)))
    for title in units.keys() - moved:
        present = connection.scalar(select(objects.c.fate).where(of_manifest, objects.c.unit == title))
        raise IllegalTransition(f"{title} of {manifest}", str(present or "not in the ledger"), fate)


def note(
    connection: Connection,
    which: ColumnElement[bool],
    *,
    missing_since: float | None = None,
    supersedes: bool | None = None,
) -> None:
    """Write down about the objects *which* what leaves their fates as they are.

    Args:
        connection: The transaction.
        which: Picks the objects.
        missing_since: When a listing first did not show them; None when one shows them.
        supersedes: In place of that: whether the items of older versions make room for theirs.

    """
    values = {"missing_since": missing_since} if supersedes is None else {"supersedes": supersedes}
    connection.execute(update(objects).where(which).values(values))


def _require_legal(before: Fate, after: Fate) -> None:
    if after not in FOLLOWS[before]:
        raise IllegalTransition("an object", before, after)


def _with(fate: Fate) -> dict[str, Any]:
    """Return the columns that change with every change to *fate*."""
    match fate:
        case Fate.NEW:
            return {"fate": fate, **_UNDONE}
        case Fate.SUBMITTED:
            return {"fate": fate, "attempts": objects.c.attempts + 1}
        case Fate.REGISTERED | Fate.QUARANTINED | Fate.CHANGED:
            return {"fate": fate, "settled_at": time.time()}
        case Fate.PLANNED | Fate.SUPERSEDED | Fate.GONE:
            return {"fate": fate}
