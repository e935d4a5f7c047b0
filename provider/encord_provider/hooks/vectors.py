"""Vectors that a DAG names by their URI."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from encord_provider.hooks.buckets import open_source

if TYPE_CHECKING:
    from encord_provider.ingestion.vectors import Vectors
    from encord_provider.manifest.limits import Limits
    from encord_provider.metadata.embeddings import Embeddings


@contextmanager
def open_vectors(
    embeddings: "Embeddings", conn_id: str | None, limits: "Limits | None" = None, *, active: bool = False
) -> "Iterator[Vectors]":
    """Download a file of vectors, check all of them, and lay them down for the length of a block.

    Raises:
        BadTable: Everything that is wrong with them.
        NotFound: There is no such file.
        MissingExtra: NumPy or PyArrow is not installed.

    """
    from encord_provider.ingestion.vector_files import read_rows
    from encord_provider.ingestion.vectors import Vectors

    with Vectors(embeddings, limits, active=active) as vectors:
        with tempfile.TemporaryDirectory(prefix="encord-") as directory:
            files = [
                _downloaded(uri, conn_id, Path(directory, str(number))) if uri else None
                for number, uri in enumerate((embeddings.vectors, embeddings.names))
            ]
            vectors.fill(read_rows(embeddings, Path(directory, "0"), files[1]))
        yield vectors


def _downloaded(uri: str, conn_id: str | None, path: Path) -> Path:
    source = open_source(uri, conn_id)
    source.bucket.download(source.prefix, path)
    return path
