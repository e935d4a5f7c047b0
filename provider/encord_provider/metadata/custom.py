"""Where the custom metadata of new units comes from, as a DAG says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeAlias

from encord_provider.errors import BadPattern
from encord_provider.manifest.annotation import SIDECAR_SUFFIX, MetadataSource
from encord_provider.metadata.embeddings import Embeddings
from encord_provider.metadata.table import READERS, ColumnType

Function: TypeAlias = MetadataSource | str
"""A function of a unit and its objects, or where it can be imported from: ``fleet.describe``."""


@dataclass(frozen=True)
class CustomMetadata:
    """Where the custom metadata of new units comes from; of one key, what is named later here wins.

    Raises:
        BadPattern: A choice that there is not.

    """

    path: bool = False
    """Take the named parts of the operator's `path`."""

    store: bool = False
    """Take the metadata that the store keeps with each object; one request an object."""

    table: str | None = None
    """URI of a table, ``.csv``, ``.jsonl`` or ``.parquet``; rows are joined by key, title or URL."""

    table_key: str = "key"
    """The column that names the object."""

    types: Mapping[str, ColumnType] = field(default_factory=dict)
    """How columns of a CSV file and parts of the path are read, by name; otherwise they are text."""

    sidecars: Literal["optional", "required"] | None = None
    """Read the JSON file beside each object; a missing one is a fault of its object when they are required."""

    sidecar_suffix: str = SIDECAR_SUFFIX
    """What the key of a side file has after the key of its object; such files are no units themselves."""

    embeddings: Sequence[Embeddings] = ()
    """Files of vectors, joined by key, title or URL as a table is; each makes a key of the metadata schema."""

    function: Function | None = field(default=None, repr=False)
    """Asked last; a `ValueError` that it raises is a fault of the unit."""

    schema: Mapping[str, Any] | str | None = None
    """What keys are to hold: the declaration of a metadata schema, or the URI of its file."""

    def __post_init__(self) -> None:
        if self.sidecars not in (None, "optional", "required"):
            raise BadPattern("sidecars", str(self.sidecars), "it is neither 'optional' nor 'required'")
        object.__setattr__(
            self, "embeddings", tuple(map(Embeddings.of, self.embeddings))
        )  # mappings, once rendered
        for name, kind in self.types.items():
            if kind not in READERS:
                raise BadPattern(f"types[{name!r}]", str(kind), f"it is none of {', '.join(READERS)}")

    def plain(self) -> dict[str, Any]:
        """Return it as a mapping, in which Airflow renders templates and which its UI shows."""
        plain = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "function"}
        return plain | {"embeddings": [each.plain() for each in self.embeddings]}
