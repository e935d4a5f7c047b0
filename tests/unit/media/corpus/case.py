"""One file of the corpus."""

from dataclasses import dataclass

from encord_provider.manifest.kinds import Kind


@dataclass(frozen=True)
class Case:
    """A file, and the name under which it lies in a bucket."""

    key: str
    kind: Kind
    content: bytes
