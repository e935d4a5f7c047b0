"""What it means to read an object, and the one way it fails."""

from typing import Protocol


class ObjectUnreadable(Exception):
    """An object cannot be had: missing, forbidden, or its URL is none that the integration understands.

    Raised both when the object is opened and while it is read. Never carries credentials.

    """

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        """The URL exactly as the client gave it."""

        self.reason = reason
        """One sentence, fit for a unit error."""

        super().__init__(f"{url}: {reason}")

    def __reduce__(self) -> tuple[type["ObjectUnreadable"], tuple[str, str]]:
        return ObjectUnreadable, (self.url, self.reason)


class ObjectReader(Protocol):
    """An object that exists and may be read."""

    @property
    def size(self) -> int:
        """The size in bytes."""
        ...

    def read(self, start: int, length: int) -> bytes:
        """Return *length* bytes from offset *start*, or fewer where the object ends.

        Raises:
            ObjectUnreadable: The object went away, or the storage failed.

        """
        ...

    def read_all(self) -> bytes:
        """Return the whole object.

        Raises:
            ObjectUnreadable: The object went away, or the storage failed.

        """
        ...
