"""Loopback ports: free ones, and those that a server must have again."""

import secrets
import socket
import time
from pathlib import Path

LOOPBACK = "127.0.0.1"

# Below every system's range for outgoing connections (32768 on Linux, 49152 elsewhere), so that a port which
# is remembered for the next run is not taken meanwhile by some client's socket.
_RANGE = range(20_000, 32_768)

# A server of an earlier run that was told to end takes a few seconds to do so.
_PATIENCE_SECONDS = 10
_POLL_SECONDS = 0.1


# Held open: the system gives them back when the process ends.
_claims: list[socket.socket] = []


class PortTaken(OSError):
    """A server cannot listen where it did before, and must: its address is part of what others remember."""

    def __init__(self, port: int, directory: Path) -> None:
        self.port = port
        self.directory = directory
        super().__init__(
            f"port {port}, where the server of {directory} listens, is taken: end the process that holds it"
            " (an earlier run?), or start over in another directory"
        )


def is_free(port: int) -> bool:
    """Whether a server could listen on *port* of 127.0.0.1 now."""
    with socket.socket() as probe:
        # As servers do: a port that is only waiting out its last connections counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Find *count* different ports that are free, and claim them for as long as this process lives.

    A server may take seconds to listen. Until then nobody else who asks here is given its port; a stranger may still
    be quicker.
    """
    found: set[int] = set()
    while len(found) < count:
        port = secrets.choice(_RANGE)
        if is_free(port) and _claim(port):
            found.add(port)
    return sorted(found)


def _claim(port: int) -> bool:
    """Take the UDP port of the same number, which no server here wants; False when another process has."""
    claim = socket.socket(type=socket.SOCK_DGRAM)
    try:
        claim.bind((LOOPBACK, port))
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True


def require_free(port: int, directory: Path) -> None:
    """Wait a moment for *port* to be free for the server of *directory*.

    Raises:
        PortTaken: It stays in use.

    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_free(port):
        if time.monotonic() > deadline:
            raise PortTaken(port, directory)
        time.sleep(_POLL_SECONDS)


def remembered_port(directory: Path) -> int:
    """Return the port of the server whose state is in *directory*: the same at every call, and free.

    Raises:
        PortTaken: Another process has it.

    """
    file = directory / "port"
    if not file.exists():
        directory.mkdir(parents=True, exist_ok=True)
        file.write_text(str(free_ports(1)[0]))
    port = int(file.read_text())
    require_free(port, directory)
    return port
