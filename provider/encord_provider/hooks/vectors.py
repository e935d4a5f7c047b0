"""Vectors that a DAG names by their URI."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from encord_provider.hooks.buckets import open_source

if TYPE_CHECKING:
    from encord_provider.ingestion.vectors import Vectors
    from encord_provider.manifest.limits import Limits
    from encord_provider.metadata.embeddings import Embeddings


def open_vectors(
    embeddings: "Embeddings", conn_id: str | None, limits: "Limits | None" = None, *, active: bool = False
) -> "Vectors":
    """Download a file of vectors, check all of them, and lay them down; close them after use, or let go of them.

    Raises:
        BadTable: Everything that is wrong with them.
        NotFound: There is no such file.
        MissingExtra: NumPy or PyArrow is not installed.

    """
    from encord_provider.ingestion.vector_files import read_rows
    from encord_provider.ingestion.vectors import Vectors

    vectors = Vectors(embeddings, limits, active=active)
    with tempfile.TemporaryDirectory(prefix="encord-") as directory:
        path = _downloaded(embeddings.vectors, conn_id, Path(directory, "vectors"))
        names = _downloaded(embeddings.names, conn_id, Path(directory, "names")) if embeddings.names else None
        return vectors.fill(read_rows(embeddings, path, names))


def _downloaded(uri: str, conn_id: str | None, path: Path) -> Path:
    source = open_source(uri, conn_id)
    source.bucket.download(source.prefix, path)
    return path
