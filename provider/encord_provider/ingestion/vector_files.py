"""Vectors as NumPy, Parquet and Arrow files keep them, some rows at a time."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from encord_provider.errors import BadTable, MissingExtra
from encord_provider.metadata.embeddings import Embeddings

if TYPE_CHECKING:
    from numpy import dtype
    from numpy.typing import NDArray

ROWS: Final = 1_000
"""Rows that are held at a time: 16 MB of the longest vectors, as 32-bit numbers."""

READ_BUFFER: Final = 1024 * 1024
"""Bytes of a Parquet column that are read ahead; without it PyArrow reads a whole row group."""


@dataclass(frozen=True)
class Rows:
    """Some rows of a file, in its order."""

    names: Sequence[object]
    frames: Sequence[object] | None
    lengths: "NDArray[Any]"
    """How many numbers each row has; 0 where it has no vector."""

    numbers: "NDArray[Any]"
    """The numbers of all rows, one after the other; nulls among them are NaN."""


def read_rows(embeddings: Embeddings, vectors: Path, names: Path | None) -> Iterator[Rows]:
    """Yield the rows of a local file of *vectors*; its ending is that of the URI.

    Raises:
        BadTable: It cannot be read, or has not the columns or arrays that were named.
        MissingExtra: NumPy or PyArrow is not installed.

    """
    uri = embeddings.vectors
    ending = uri.rpartition(".")[2].lower()
    if ending == "parquet":
        yield from _parquet(embeddings, vectors)
    elif ending in ("arrow", "feather", "ipc"):
        yield from _arrow(embeddings, vectors)
    elif ending == "npz":
        yield from _npz(embeddings, vectors)
    elif ending == "npy":
        if names is None:
            raise BadTable(uri, ["an .npy file has vectors alone; say with names= what names its rows"])
        yield from _npy(embeddings, vectors, names)
    else:
        raise BadTable(uri, ["its ending is none of .parquet, .arrow, .feather, .ipc, .npz, .npy"])


def _parquet(embeddings: Embeddings, path: Path) -> Iterator[Rows]:
    pa = _pyarrow()
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it ships no types

    try:
        with pq.ParquetFile(path, buffer_size=READ_BUFFER, pre_buffer=False) as file:
            columns = _columns(embeddings, file.schema_arrow.names)
            for batch in file.iter_batches(batch_size=ROWS, columns=columns, use_threads=False):
                yield _rows_of_batch(embeddings, batch)
    except (pa.ArrowException, OSError) as error:
        raise BadTable(embeddings.vectors, [f"not Parquet: {error}"]) from error


def _arrow(embeddings: Embeddings, path: Path) -> Iterator[Rows]:
    pa = _pyarrow()
    try:
        with pa.memory_map(str(path)) as source:  # a mapped page can be dropped at any time
            try:
                reader = pa.ipc.open_file(source)
                batches = map(reader.get_batch, range(reader.num_record_batches))
            except pa.ArrowInvalid:
                source.seek(0)
                reader = pa.ipc.open_stream(source)
                batches = iter(reader)
            columns = _columns(embeddings, reader.schema.names)
            for batch in batches:
                for begin in range(0, batch.num_rows, ROWS):
                    yield _rows_of_batch(embeddings, batch.select(columns).slice(begin, ROWS))
    except (pa.ArrowException, OSError) as error:
        raise BadTable(embeddings.vectors, [f"not Arrow: {error}"]) from error


def _columns(embeddings: Embeddings, there: Sequence[str]) -> list[str]:
    wanted = [embeddings.key, embeddings.vector_column, *([embeddings.frame] if embeddings.frame else [])]
    missing = [column for column in wanted if column not in there]
    if missing:
        has = ", ".join(there)
        raise BadTable(embeddings.vectors, [f"it has no {column!r}; there are {has}" for column in missing])
    return wanted


def _rows_of_batch(embeddings: Embeddings, batch: Any) -> Rows:  # noqa: ANN401 - PyArrow ships no types
    import pyarrow as pa
    import pyarrow.compute as pc  # type: ignore[import-untyped]  # it ships no types

    vectors = batch.column(embeddings.vector_column)
    kind = vectors.type
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)):
        problem = f"the column {embeddings.vector_column!r} is {kind}, not a list of numbers"
        raise BadTable(embeddings.vectors, [problem])
    if not (pa.types.is_integer(kind.value_type) or pa.types.is_floating(kind.value_type)):
        problem = f"the column {embeddings.vector_column!r} holds {kind.value_type}, not numbers"
        raise BadTable(embeddings.vectors, [problem])
    lengths = pc.fill_null(pc.list_value_length(vectors), 0).to_numpy(zero_copy_only=False)
    numbers = vectors.flatten().to_numpy(zero_copy_only=False)
    frames = batch.column(embeddings.frame).to_pylist() if embeddings.frame else None
    return Rows(batch.column(embeddings.key).to_pylist(), frames, lengths, numbers)


class _Array:
    """An array in NumPy's own format, read from a stream some rows at a time."""

    def __init__(self, uri: str, what: str, stream: IO[bytes]) -> None:
        self._uri = uri
        self._what = what
        self._stream = stream
        self._read = 0
        self.shape, self.dtype = self._header()

    def _header(self) -> "tuple[tuple[int, ...], dtype[Any]]":
        from numpy.lib import format as npy

        readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
        try:
            version = npy.read_magic(self._stream)
            shape, is_fortran, kind = readers[version](self._stream)
        except (ValueError, KeyError) as error:
            raise self._bad(f"is not an array in NumPy's format: {error}") from None
        if kind.hasobject:
            raise self._bad(
                "holds Python objects; save texts with dtype=str, and vectors with a dtype of numbers"
            )
        if is_fortran and len(shape) > 1:
            raise self._bad("is stored by columns; save np.ascontiguousarray(...) of it")
        if not shape:
            raise self._bad("is a single value")
        return shape, kind

    def take(self, rows: int) -> "NDArray[Any]":
        """Return the next rows; none at the end."""
        import numpy as np

        rows = min(rows, self.shape[0] - self._read)
        wanted = rows * self.dtype.itemsize * int(np.prod(self.shape[1:], dtype=np.int64))
        content = self._stream.read(wanted)
        if len(content) < wanted:
            raise self._bad(f"ends before its row {self.shape[0]}: the file is cut off")
        self._read += rows
        return np.frombuffer(content, self.dtype).reshape(rows, *self.shape[1:])

    def _bad(self, problem: str) -> BadTable:
        return BadTable(self._uri, [f"{self._what} {problem}"])


def _npz(embeddings: Embeddings, path: Path) -> Iterator[Rows]:
    _numpy()
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(path))
        except zipfile.BadZipFile as error:
            raise BadTable(embeddings.vectors, [f"not an .npz file: {error}"]) from None
        there = [name.removesuffix(".npy") for name in archive.namelist()]
        streams = [
            (name, stack.enter_context(archive.open(f"{name}.npy"))) for name in _columns(embeddings, there)
        ]
        names, vectors, *frames = [_Array(embeddings.vectors, repr(name), each) for name, each in streams]
        yield from _zipped(embeddings, vectors, names, frames[0] if frames else None)


def _npy(embeddings: Embeddings, path: Path, names: Path) -> Iterator[Rows]:
    _numpy()
    if embeddings.frame:
        raise BadTable(embeddings.vectors, ["an .npy file has no column of frames; use .npz, or Parquet"])
    with path.open("rb") as stream, names.open("rb") as named:
        vectors = _Array(embeddings.vectors, "it", stream)
        if not (embeddings.names or "").lower().endswith(".npy"):
            yield from _zipped(embeddings, vectors, _Lines(embeddings.names or "", named), None)
            return
        yield from _zipped(embeddings, vectors, _Array(embeddings.names or "", "it", named), None)


class _Lines:
    """A text file with a name a line."""

    def __init__(self, uri: str, stream: IO[bytes]) -> None:
        self._stream = stream
        try:
            count = sum(1 for _ in map(bytes.decode, stream))
        except UnicodeDecodeError as error:
            raise BadTable(uri, [f"not UTF-8: {error}"]) from None
        stream.seek(0)
        self.shape = (count,)

    def take(self, rows: int) -> "NDArray[Any]":
        """Return the next lines, without their ends."""
        import numpy as np

        lines = [line.decode().rstrip("\r\n") for line in islice(self._stream, rows)]
        return np.array(lines, dtype=str)


def _zipped(
    embeddings: Embeddings, vectors: _Array, names: "_Array | _Lines", frames: _Array | None
) -> Iterator[Rows]:
    import numpy as np

    uri = embeddings.vectors
    if len(vectors.shape) != 2:  # noqa: PLR2004 - rows, and numbers
        raise BadTable(uri, [f"the vectors have {len(vectors.shape)} dimensions, not rows of numbers"])
    columns = {"names": names, "frames": frames}
    faults = [
        f"{vectors.shape[0]} vectors, and {array.shape[0]} {what}"
        for what, array in columns.items()
        if array is not None and array.shape != vectors.shape[:1]
    ]
    if faults:
        raise BadTable(uri, faults)
    for begin in range(0, vectors.shape[0], ROWS):
        taken = vectors.take(ROWS)
        lengths = np.full(len(taken), vectors.shape[1])
        places = None if frames is None else [_frame(value) for value in frames.take(ROWS).tolist()]
        yield Rows(
            names.take(min(ROWS, vectors.shape[0] - begin)).tolist(), places, lengths, taken.reshape(-1)
        )


def _frame(value: object) -> object:
    """Return no frame for NaN, which stands for it in an array."""
    return None if value != value else value  # noqa: PLR0124 - so NaN is told


def _numpy() -> None:
    try:
        import numpy  # noqa: ICN001, F401 - only whether it is there
    except ImportError as error:
        raise MissingExtra("embeddings", "reading NumPy files") from error


def _pyarrow() -> Any:  # noqa: ANN401 - PyArrow ships no types
    _numpy()
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtra("embeddings", "reading Parquet and Arrow") from error
    return pa
