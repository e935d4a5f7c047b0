"""The ledger as a whole: where it is, and one transaction at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from encord_provider.ledger.engine import engine_of
from encord_provider.ledger.entries import Entries
from encord_provider.ledger.faults import known_faults
from encord_provider.ledger.given import GivenMetadata
from encord_provider.ledger.leases import Lease, Leases
from encord_provider.ledger.manifests import Manifests
from encord_provider.ledger.objects import Objects
from encord_provider.ledger.open_objects import OpenObjects
from encord_provider.ledger.pacing import Pacing
from encord_provider.ledger.parts import Parts
from encord_provider.ledger.probes import Probes
from encord_provider.ledger.quarantine import Quarantine
from encord_provider.ledger.runs import Runs
from encord_provider.ledger.schema import upgrade


class Ledger:
    """Our record of what became of every object version.

    *url* is SQLAlchemy's: ``sqlite:////var/airflow/encord.db`` for one machine, or
    ``postgresql+psycopg://...``. Its tables are made when they are absent, and brought up to date when they are
    older than this package. Close it, or use it in a ``with`` block.

    Raises:
        BadLedger: It cannot be opened until a person does something.
        LedgerTooNew: A later version of this package changed its tables.
        LedgerUnavailable: It does not answer now.
        MissingExtra: PostgreSQL's driver is not installed.

    """

    def __init__(self, url: str) -> None:
        self._engine = engine_of(url)
        self._lease: Lease | None = None
        try:
            with known_faults(self._engine.url):
                upgrade(self._engine)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Begin a transaction; commit it at the end of the block, or roll back when the block raises.

        Raises:
            BadLedger: The database refuses, and will until a person does something.
            LedgerUnavailable: The database does not answer now.

        """
        with known_faults(self._engine.url), self._engine.begin() as connection:
            if self._lease:
                self._lease.renew(connection)
            yield connection

    def under(self, lease: Lease | None) -> "Ledger":
        """Return the same ledger, written only while *lease* is held: each transaction begins by renewing it.

        None is no lease, whichever this ledger is under.
        A task that was taken for dead, and goes on beside its own retry, ends with `LeaseHeld` at its next write.
        """
        fenced = copy(self)
        fenced._lease = lease  # noqa: SLF001 - our own copy
        return fenced

    @property
    def objects(self) -> Objects:
        """Object versions and their fates."""
        return Objects(self.transaction)

    @property
    def entries(self) -> Entries:
        """Object versions as they stand."""
        return Entries(self.transaction)

    @property
    def manifests(self) -> Manifests:
        """Manifests and their upload jobs."""
        return Manifests(self.transaction)

    @property
    def parts(self) -> Parts:
        """Manifests whose jobs failed as a whole, and the parts that were made of them."""
        return Parts(self.transaction)

    @property
    def quarantine(self) -> Quarantine:
        """What did not land, and its way out."""
        return Quarantine(self.transaction)

    @property
    def open_objects(self) -> OpenObjects:
        """What keeps accounts from closing."""
        return OpenObjects(self.transaction)

    @property
    def runs(self) -> Runs:
        """Runs and their accounts."""
        return Runs(self.transaction)

    @property
    def probes(self) -> Probes:
        """What files were found to be."""
        return Probes(self.transaction)

    @property
    def given_metadata(self) -> GivenMetadata:
        """The custom metadata that a table gave each item last."""
        return GivenMetadata(self.transaction)

    @property
    def pacing(self) -> Pacing:
        """How much is under way through each integration."""
        return Pacing(self.transaction)

    @property
    def leases(self) -> Leases:
        """What only one task may do at a time."""
        return Leases(self.transaction, self.under(None).transaction)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
