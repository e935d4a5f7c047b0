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
    holder: str
    seconds: float
    token: str
    """Which try of the holder has it."""

    _transaction: Transaction
    _unfenced: Transaction

    def prolong(self, doing: str = "") -> None:
        """Hold it for its whole time from now.

        Args:
            doing: What must not be done twice. An earlier try that was given up may be at it at this moment, so from
                now on not even the next try of the same task takes the lease, until it is released or has run out.

        Raises:
            LeaseHeld: It ran out, or the next try of the same task took it: stop.

        """
        with self._transaction() as connection:
            self.renew(connection)
            if doing:
                connection.execute(
                    update(leases).where(self._is_mine).values(holder=f"{self.holder}, {doing}")
                )

    def renew(self, connection: Connection) -> None:
        """Hold it for its whole time from now, in a transaction: what follows is written only by its holder.

        Raises:
            LeaseHeld: It ran out, or the next try of the same task took it: stop.

        """
        until = _clock(connection) + self.seconds
        renewed = connection.execute(update(leases).where(self._is_mine).values(expires_at=until))
        if renewed.rowcount == 0:
            raise LeaseHeld(self.name, "another task, since it ran out here")

    def release(self) -> None:
        """Give it back, unless somebody else has it by now; also when the lease that it was taken under is lost."""
        with self._unfenced() as connection:
            connection.execute(delete(leases).where(self._is_mine))

    @property
    def _is_mine(self) -> ColumnElement[bool]:
        return (leases.c.name == self.name) & (leases.c.token == self.token)


class Leases:
    """Named leases; each has one holder until it is released, has run out, or the holder takes it anew."""

    def __init__(self, transaction: Transaction, unfenced: Transaction) -> None:
        self._transaction = transaction
        self._unfenced = unfenced

    @contextmanager
    def hold(self, name: str, holder: str, seconds: float, *, patience: float = 0) -> Iterator[Lease]:
        """Hold the lease *name* for at most *seconds*; wait up to *patience* seconds for another holder.

        The same holder takes it at once: it is the next try of a task that died. It does not when that try was
        `doing` what must not be done twice.

        Raises:
            LeaseHeld: Another holder still has it.

        """
        lease = Lease(name, holder, seconds, uuid4().hex, self._transaction, self._unfenced)
        give_up_at = time.monotonic() + patience
        while (other := self._take(lease)) is not None:
            if time.monotonic() >= give_up_at:
                raise LeaseHeld(name, other)
            time.sleep(WAIT_SECONDS)
        try:
            yield lease
        finally:
            lease.release()

    def _take(self, lease: Lease) -> str | None:
        """Take the lease; return who has it instead, or None."""
        named = leases.c.name == lease.name
        with self._transaction() as connection:
            row = connection.execute(
                select(leases.c.holder, leases.c.expires_at).where(named).with_for_update()
            ).one_or_none()
            now = (
                connection.scalar(select(_clock(connection))) or 0.0
            )  # asked once nobody else can change the row
            values = {"holder": lease.holder, "token": lease.token, "expires_at": now + lease.seconds}
            if row is not None and row.expires_at > now and row.holder != lease.holder:
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
