"""Everything that one sandbox is made of."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from encord_provider.sandbox import integrations
from encord_provider.sandbox.bells import Bells
from encord_provider.sandbox.clock import Clock
from encord_provider.sandbox.configuration import Configuration
from encord_provider.sandbox.database import Database
from encord_provider.sandbox.faults import Faults
from encord_provider.sandbox.keys import kept_secret, new_private_key, public_hex
from encord_provider.sandbox.limits import Limits
from encord_provider.sandbox.registration.examination import Examiner
from encord_provider.sandbox.registration.registrar import Registrar
from encord_provider.sandbox.requests_seen import RequestsSeen
from encord_provider.sandbox.signatures import Credentials
from encord_provider.sandbox.uploads import Uploads


@dataclass(frozen=True)
class World:
    """One organisation's Encord: its state on disk, and what moves it."""

    database: Database
    clock: Clock
    limits: Limits
    credentials: Credentials
    bells: Bells
    registrar: Registrar
    uploads: Uploads
    faults: Faults
    requests_seen: RequestsSeen
    page: bool
    """Whether the HTML pages are served."""

    @classmethod
    def open(cls, state: Path, configuration: Configuration) -> Self:
        """Open the world kept in a directory, or make a new one there."""
        state.mkdir(parents=True, exist_ok=True)
        database, clock, bells = Database(state / "sandbox.db"), Clock(), Bells()
        clock.on_turn(bells.ring_all)
        uploads = Uploads(state / "uploads")
        registrar = Registrar(database, clock, bells, Examiner(uploads.open_object, configuration.limits))
        registrar.pace(configuration.units_per_second)
        with database.writing() as connection:
            for integration in configuration.integrations:
                integrations.configure(connection, integration)
        return cls(
            database=database,
            clock=clock,
            limits=configuration.limits,
            credentials=_credentials(state, configuration),
            bells=bells,
            registrar=registrar,
            uploads=uploads,
            faults=Faults(),
            requests_seen=RequestsSeen(),
            page=configuration.page,
        )

    def start(self) -> None:
        """Set upload jobs going, those of an earlier process included."""
        self.registrar.start()

    def close(self) -> None:
        """Send waiting requests away, end after the batch in hand, and close the file."""
        self.bells.close()
        self.registrar.stop()
        self.database.close()


def private_key_path(state: Path) -> Path:
    """Return where the sandbox keeps the private key that it made for itself."""
    return state / "private_key"


def _credentials(state: Path, configuration: Configuration) -> Credentials:
    keys = configuration.public_keys or [public_hex(kept_secret(private_key_path(state), new_private_key))]
    tokens = [token.get_secret_value() for token in configuration.bearer_tokens]
    secret = kept_secret(state / "token_secret", lambda: secrets.token_hex(32))
    return Credentials(frozenset(keys), frozenset(tokens), secret.encode())
