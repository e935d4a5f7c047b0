"""What only one task may do at a time, with an end in case the task dies."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, Float, delete, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from encord_provider.errors import LeaseHeld
from encord_provider.ledger.tables import leases
from encord_provider.ledger.transactions import Transaction

WAIT_SECONDS = 0.2
"""How long to wait before asking again for a lease that another task holds."""


@dataclass(frozen=True)
class Lease:
    """A lease that was taken."""

    name: str
    seconds: float
    _token: str
    _transaction: Transaction

    def prolong(self) -> None:
        """Hold it for its whole time from now.

        Raises:
            LeaseHeld: It ran out, and somebody else took it: stop.

        """
        with self._transaction() as connection:
            self.renew(connection)

    def renew(self, connection: Connection) -> None:
        """Hold it for its whole time from now, in a transaction: what follows is written only by its holder.

        Raises:
            LeaseHeld: It ran out, and somebody else took it: stop.

        """
        mine = (leases.c.name == self.name) & (leases.c.token == self._token)
        until = _clock(connection) + self.seconds
        renewed = connection.execute(update(leases).where(mine).values(expires_at=until))
        if renewed.rowcount == 0:
            raise LeaseHeld(self.name, "another task, since it ran out here")

    def release(self) -> None:
        """Give it back, unless somebody else has it by now."""
        mine = (leases.c.name == self.name) & (leases.c.token == self._token)
        with self._transaction() as connection:
            connection.execute(delete(leases).where(mine))


class Leases:
    """Named leases; each has one holder until it is released, has run out, or the holder takes it anew."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @contextmanager
    def hold(self, name: str, holder: str, seconds: float, *, patience: float = 0) -> Iterator[Lease]:
        """Hold the lease *name* for at most *seconds*; wait up to *patience* seconds for another holder.

        The same holder takes it at once: it is the next try of a task that died.

        Raises:
            LeaseHeld: Another holder still has it.

        """
        lease = Lease(name, seconds, uuid4().hex, self._transaction)
        give_up_at = time.monotonic() + patience
        while (other := self._take(lease, holder)) is not None:
            if time.monotonic() >= give_up_at:
                raise LeaseHeld(name, other)
            time.sleep(WAIT_SECONDS)
        try:
            yield lease
        finally:
            lease.release()

    def _take(self, lease: Lease, holder: str) -> str | None:
        """Take the lease; return who has it instead, or None."""
        named = leases.c.name == lease.name
        with self._transaction() as connection:
            row = connection.execute(
                select(leases.c.holder, leases.c.expires_at).where(named).with_for_update()
            ).one_or_none()
            now = (
                connection.scalar(select(_clock(connection))) or 0.0
            )  # asked once nobody else can change the row
            values = {"holder": holder, "token": lease._token, "expires_at": now + lease.seconds}  # noqa: SLF001 - ours
            if row is not None and row.expires_at > now and row.holder != holder:
                return str(row.holder)
            if row is not None:
                connection.execute(update(leases).where(named).values(values))
                return None
            try:
                with connection.begin_nested():
                    connection.execute(insert(leases).values(name=lease.name, **values))
            except IntegrityError:  # PostgreSQL: somebody else put the first row in between
                return "another task"
            return None


def _clock(connection: Connection) -> ColumnElement[float]:
    """Return the time by the clock that all holders share: the server's, or that of the one machine."""
    if connection.dialect.name == "postgresql":
        return func.date_part("epoch", func.clock_timestamp(), type_=Float)
    return literal(time.time())
