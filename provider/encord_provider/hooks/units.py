"""What an operator's arguments say of kinds, groups, titles and metadata, in the words of a build."""

import pkgutil
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from encord_provider.errors import BadPattern
from encord_provider.hooks.buckets import open_source
from encord_provider.hooks.tables import table_at
from encord_provider.hooks.vectors import open_vectors
from encord_provider.manifest.kinds import DEFAULT_KINDS, Kind, KindTable

if TYPE_CHECKING:
    from encord_provider.buckets.bucket import Bucket
    from encord_provider.ingestion.description import Description
    from encord_provider.manifest.schema import MetadataSchema
    from encord_provider.metadata.custom import CustomMetadata


def kind_table(kinds: Mapping[str, str]) -> KindTable:
    """Return the default table, extended by endings with their dot and by content types.

    Raises:
        BadPattern: An entry that is neither, or a kind that there is not.

    """
    known = {entry: _kind("kinds", entry, kind) for entry, kind in kinds.items()}
    for entry in known:
        if not entry.startswith(".") and "/" not in entry:
            raise BadPattern("kinds", entry, "it is neither an ending with its dot nor a content type")
    return DEFAULT_KINDS.extended(
        {entry: kind for entry, kind in known.items() if entry.startswith(".")},
        {entry: kind for entry, kind in known.items() if not entry.startswith(".")},
    )


def grouping_function(
    given: Callable[[str], tuple[str, str] | None] | str | None,
) -> Callable[[str], tuple[Kind, str] | None] | None:
    """Return the function that a DAG gives to group keys, imported if need be.

    Raises:
        BadPattern: There is no such function; when called: it names a kind that there is not.

    """
    if given is None:
        return None
    function: Callable[[str], tuple[str, str] | None] = (
        imported("group_by", given) if isinstance(given, str) else given
    )

    def place(key: str) -> tuple[Kind, str] | None:
        placed = function(key)
        return (_kind("group_by", key, placed[0]), placed[1]) if placed else None

    return place


def open_description(
    path: str | None, title: str | None, metadata: "CustomMetadata", bucket: "Bucket", conn_id: str | None
) -> "Description":
    """Read the table and the schema that a DAG names, and return how units are to be described.

    Args:
        path: Template of keys, or a regular expression with named groups.
        title: Template of titles over the parts of *path*.
        metadata: Where custom metadata comes from.
        bucket: Where side files and the metadata of objects are.
        conn_id: Airflow connection of the table's and the schema's bucket.

    Raises:
        BadPattern: What is wrong with an argument.
        BadTable: What is wrong with the table or the schema.
        MissingExtra: The table is a Parquet file, and PyArrow is not installed.

    """
    from encord_provider.ingestion.description import Description, from_store, path_rule, sidecar_reader
    from encord_provider.ingestion.vectors import from_vectors
    from encord_provider.manifest.annotation import Sidecars, from_path, from_table
    from encord_provider.metadata.table import READERS

    rule = path_rule(path, title, {name: READERS[kind] for name, kind in metadata.types.items()})
    sources = []
    if metadata.path:
        if rule is None:
            raise BadPattern("metadata.path", "True", "the operator's path= is not given")
        sources.append(from_path(rule))
    if metadata.store:
        sources.append(from_store(bucket))
    if metadata.table:
        sources.append(from_table(table_at(metadata.table, conn_id, metadata.table_key, metadata.types)))
    if metadata.sidecars:
        read = sidecar_reader(bucket, required=metadata.sidecars == "required")
        sources.append(Sidecars(read, metadata.sidecar_suffix))
    vectors = tuple(open_vectors(each, conn_id) for each in metadata.embeddings)
    sources += map(from_vectors, vectors)
    function = metadata.function
    return Description(
        rule,
        tuple(sources),
        imported("metadata.function", function) if isinstance(function, str) else function,
        _schema(metadata.schema, conn_id),
        vectors=vectors,
        reads_bucket=metadata.store or metadata.sidecars is not None,
    )


def imported(argument: str, name: str) -> Any:  # noqa: ANN401 - any function
    """Return the function that a dotted path names.

    Raises:
        BadPattern: There is none.

    """
    try:
        found = pkgutil.resolve_name(name)
    except (ImportError, AttributeError, ValueError) as error:
        raise BadPattern(argument, name, f"it cannot be imported: {error}") from error
    if not callable(found):
        raise BadPattern(argument, name, "it is no function")
    return found


def _schema(declared: Mapping[str, Any] | str | None, conn_id: str | None) -> "MetadataSchema | None":
    from encord_provider.manifest.schema import MetadataSchema
    from encord_provider.metadata.declaration import Declaration

    if not declared:
        return None
    if isinstance(declared, str):
        source = open_source(declared, conn_id)
        declaration = Declaration.read(declared, source.bucket.read(source.prefix))
    else:
        declaration = Declaration.parse("metadata.schema", declared)
    return MetadataSchema(declaration.keys)


def _kind(argument: str, place: str, name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise BadPattern(argument, place, f"no kind is named {name!r}; there are {', '.join(Kind)}") from None
