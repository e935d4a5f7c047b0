"""Files that clients upload to Encord itself, rather than leave in a bucket."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from encord_provider.sandbox import cloud
from encord_provider.sandbox.cloud import Integration, ObjectReader, ObjectUnreadable
from encord_provider.sandbox.errors import NotFoundError

_PREFIX = "sandbox-storage/"
"""First part of an object key in the sandbox's own storage."""


@dataclass(frozen=True)
class UploadedObject:
    """A file in the sandbox's own storage."""

    path: Path

    @property
    def size(self) -> int:
        """The size in bytes."""
        return self.path.stat().st_size

    def read(self, start: int, length: int) -> bytes:
        """Return *length* bytes from offset *start*, or fewer where the file ends."""
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(length)

    def read_all(self) -> bytes:
        """Return the whole file."""
        return self.path.read_bytes()


class Uploads:
    """The sandbox's own storage: a directory of files under random names."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @staticmethod
    def new_key() -> tuple[str, str]:
        """Return the UUID of an item to be and the object key under which its file is to be uploaded."""
        uuid = str(uuid4())
        return uuid, f"{_PREFIX}{uuid}"

    @staticmethod
    def name_of(url: str) -> str | None:
        """Return the name of the uploaded file behind an object key; None if the key is not one of ours."""
        return url.removeprefix(_PREFIX) if url.startswith(_PREFIX) else None

    def store(self, name: str, body: bytes) -> None:
        """Keep an uploaded file, in place of an earlier one of that name.

        Raises:
            NotFoundError: The name was not handed out by :meth:`new_key`.
        """
        self._directory.mkdir(exist_ok=True)
        part = self._directory / f"{uuid4()}.part"
        part.write_bytes(body)
        part.replace(self._path(name))

    def load(self, name: str) -> bytes:
        """Return an uploaded file.

        Raises:
            NotFoundError: There is none of that name.
        """
        path = self._path(name)
        if not path.exists():
            raise NotFoundError(f"The file {name} was never uploaded.")
        return path.read_bytes()

    def open_object(self, integration: Integration | None, url: str) -> ObjectReader:
        """Open an object: an uploaded file where the URL is a key of ours, else whatever the integration reaches.

        Raises:
            ObjectUnreadable: It cannot be had.
        """
        if integration is not None or not url.startswith(_PREFIX):
            return cloud.open_object(integration, url)
        try:
            path = self._path(url.removeprefix(_PREFIX))
        except NotFoundError as error:
            raise ObjectUnreadable(url, error.message) from error
        if not path.exists():
            raise ObjectUnreadable(url, "The file was announced, but never uploaded.")
        return UploadedObject(path)

    def _path(self, name: str) -> Path:
        try:
            return self._directory / str(UUID(name))
        except ValueError as error:
            raise NotFoundError(f"No upload {name!r} was announced.") from error
