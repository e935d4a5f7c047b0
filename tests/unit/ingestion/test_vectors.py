"""Files of vectors: read in every form, checked as a whole, found by name."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it ships no types
import pytest

from encord_provider.errors import BadTable
from encord_provider.ingestion.vector_files import ROWS, read_rows
from encord_provider.ingestion.vectors import FAULTS_KEPT, Vectors
from encord_provider.manifest.limits import Limits
from encord_provider.metadata.embeddings import Embeddings

NAMES = ["a.png", "b.png", "c.png"]
MATRIX = np.array([[1, 2.5], [3, 4], [-5, 0.125]], dtype=np.float32)


def table(names: list[Any] = NAMES, vectors: Any = None, **columns: list[Any]) -> Any:  # noqa: ANN401 - PyArrow ships no types
    """Make an Arrow table; by default of three vectors of two numbers."""
    numbers = pa.array(MATRIX.tolist(), pa.list_(pa.float32())) if vectors is None else vectors
    return pa.table({"key": names, "clip": numbers, **columns})


def parquet(of: Any) -> bytes:  # noqa: ANN401 - PyArrow ships no types
    out = BytesIO()
    pq.write_table(of, out)
    return out.getvalue()


def arrow(of: Any) -> bytes:  # noqa: ANN401 - PyArrow ships no types
    out = BytesIO()
    with pa.ipc.new_file(out, of.schema) as writer:
        writer.write_table(of)
    return out.getvalue()


def arrow_stream(of: Any) -> bytes:  # noqa: ANN401 - PyArrow ships no types
    out = BytesIO()
    with pa.ipc.new_stream(out, of.schema) as writer:
        writer.write_table(of)
    return out.getvalue()


def npz(**arrays: Any) -> bytes:
    out = BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def npy(array: Any) -> bytes:  # noqa: ANN401 - any array
    out = BytesIO()
    np.save(out, array)
    return out.getvalue()


def read(
    directory: Path,
    content: bytes,
    ending: str = "parquet",
    named: bytes | None = None,
    *,
    limits: Limits | None = None,
    active: bool = False,
    **choices: Any,
) -> Vectors:
    """Read a file, and what names its rows, as a task does."""
    (directory / "vectors").write_bytes(content)
    (directory / "names").write_bytes(named or b"")
    embeddings = Embeddings("clip", f"s3://fleet/vectors.{ending}", **choices)
    names = directory / "names" if named is not None else None
    return Vectors(embeddings, limits, active=active).fill(
        read_rows(embeddings, directory / "vectors", names)
    )


def faults(directory: Path, *arguments: Any, **options: Any) -> tuple[str, ...]:
    """Return what is wrong with a file."""
    with pytest.raises(BadTable) as bad:
        read(directory, *arguments, **options)
    return bad.value.faults


DOUBLES = pa.array(MATRIX.tolist(), pa.list_(pa.float64(), 2))
LARGE = pa.array(MATRIX.tolist(), pa.large_list(pa.float32()))
BYTES = np.array([name.encode() for name in NAMES])


@pytest.mark.parametrize(
    ("content", "ending", "named", "choices"),
    [
        (parquet(table()), "parquet", None, {}),
        (parquet(table(vectors=DOUBLES)), "PARQUET", None, {}),
        (arrow(table()), "arrow", None, {}),
        (arrow(table(vectors=LARGE)), "feather", None, {}),
        (arrow_stream(table()), "arrow", None, {}),
        (npz(key=np.array(NAMES), clip=MATRIX), "npz", None, {}),
        (npz(key=BYTES, clip=MATRIX.astype(">f8")), "npz", None, {}),
        (npz(path=np.array(NAMES), v=MATRIX), "npz", None, {"key": "path", "column": "v"}),
        (npy(MATRIX), "npy", "\r\n".join(NAMES).encode(), {"names": "s3://fleet/names.txt"}),
        (npy(MATRIX), "npy", npy(np.array(NAMES)), {"names": "s3://fleet/names.npy"}),
    ],
    ids=[
        "Parquet", "of doubles", "Arrow", "Feather", "Arrow stream", "npz", "big-endian", "named", "lines", "npy",
    ],
)  # fmt: skip
def test_every_form_gives_the_same_vectors(
    tmp_path: Path, content: bytes, ending: str, named: bytes | None, choices: dict[str, Any]
) -> None:
    vectors = read(tmp_path, content, ending, named, **choices)

    assert (vectors.size, vectors.count) == (2, 3)
    rows = vectors.places([*NAMES, "nobody.png"])
    found = {name: vectors.numbers(places[""]) for name, places in rows.items()}
    assert found == dict(zip(NAMES, MATRIX.tolist(), strict=True))


@pytest.mark.parametrize("ending", ["npz", "npy", "parquet"])
def test_more_rows_than_are_held_at_a_time_keep_their_order(tmp_path: Path, ending: str) -> None:
    count = 2 * ROWS + 1
    numbers = np.arange(2 * count, dtype=np.int64).reshape(count, 2)
    names = [str(number) for number in range(count)]
    if ending == "npy":
        vectors = read(
            tmp_path, npy(numbers), ending, "\n".join(names).encode(), names="s3://fleet/names.txt"
        )
    elif ending == "npz":
        vectors = read(tmp_path, npz(key=np.array(names), clip=numbers), ending)
    else:
        vectors = read(tmp_path, parquet(table(names, pa.array(numbers.tolist()))), ending)

    rows = vectors.places(names)
    assert [vectors.numbers(rows[name][""]) for name in names] == numbers.tolist()


def test_everything_wrong_is_said_at_once_with_row_and_name(tmp_path: Path) -> None:
    rows = [[1, 2], [1], None, [1, float("nan")], [float("-inf"), 1], [1, None], [3, 4], [5, 6]]
    vectors = pa.array(rows, pa.list_(pa.float32()))
    names = ["a", "b", "c", "d", "e", "f", "a", None]

    assert faults(tmp_path, parquet(table(names, vectors))) == (
        "row 2, 'b': 1 numbers, the others have 2",
        "row 3, 'c': it has no vector",
        "row 4, 'd': number 2 is nan, which JSON has not",
        "row 5, 'e': number 1 is -inf, which JSON has not",
        "row 6, 'f': number 2 is nan, which JSON has not",
        "row 7, 'a': row 1 is of the same item",
        "row 8: no value in the column 'key'",
    )


def test_of_many_faults_the_first_are_spelled_out_and_the_rest_is_counted(tmp_path: Path) -> None:
    matrix = np.full((FAULTS_KEPT + 5, 2), np.nan)
    content = npz(key=np.array([str(number) for number in range(len(matrix))]), clip=matrix)

    found = faults(tmp_path, content, "npz")

    assert (len(found), found[-1]) == (FAULTS_KEPT + 1, "and 5 more")


def test_frames_are_places_of_their_own_and_an_empty_one_is_the_item(tmp_path: Path) -> None:
    content = parquet(table(["a.mp4", "a.mp4", "b.png"], at=[13, 2, None]))

    vectors = read(tmp_path, content, frame="at")

    assert {name: set(places) for name, places in vectors.places(["a.mp4", "b.png"]).items()} == {
        "a.mp4": {"13", "2"},
        "b.png": {""},
    }


def test_seconds_are_spelled_without_an_exponent(tmp_path: Path) -> None:
    content = npz(key=np.array(NAMES), clip=MATRIX, at=np.array([0.00001, 1.50, np.nan]))

    places = read(tmp_path, content, "npz", frame="at", keyframe_mode="seconds").places(NAMES)

    assert [next(iter(places[name])) for name in NAMES] == ["0.00001", "1.5", ""]


def test_what_is_no_frame_is_said_with_its_row(tmp_path: Path) -> None:
    content = parquet(table(["a", "a", "a"], at=[1.5, -1.0, 7.0]))

    assert faults(tmp_path, content, frame="at") == (
        "row 1, 'a': 1.5 is no frame",
        "row 2, 'a': -1.0 is no frame",
    )


@pytest.mark.parametrize(
    ("content", "ending", "named", "choices", "fault"),
    [
        (b"words", "parquet", None, {}, "not Parquet"),
        (b"words", "arrow", None, {}, "not Arrow"),
        (b"words", "npz", None, {}, "not an .npz file"),
        (b"words", "npy", b"", {"names": "n.txt"}, "not an array in NumPy's format"),
        (npy(MATRIX), "npy", None, {}, "say with names= what names its rows"),
        (npy(MATRIX), "npy", b"a\nb", {"names": "n.txt"}, "3 vectors, and 2 names"),
        (npy(MATRIX), "npy", b"\xff", {"names": "n.txt"}, "not UTF-8"),
        (npy(MATRIX)[:-4], "npy", b"a\nb\nc", {"names": "n.txt"}, "the file is cut off"),
        (npy(MATRIX[0]), "npy", b"a\nb", {"names": "n.txt"}, "1 dimensions, not rows of numbers"),
        (npy(np.asfortranarray(MATRIX)), "npy", b"a\nb\nc", {"names": "n.txt"}, "stored by columns"),
        (npy(np.array([{}], dtype=object)), "npy", b"a", {"names": "n.txt"}, "holds Python objects"),
        (npy(MATRIX.astype(complex)), "npy", b"a\nb\nc", {"names": "n.txt"}, "of complex128, not of numbers"),
        (npy(MATRIX > 0), "npy", b"a\nb\nc", {"names": "n.txt"}, "of bool, not of numbers"),
        (npz(key=np.array(NAMES)), "npz", None, {}, "it has no 'clip'; there are key"),
        (parquet(table()), "parquet", None, {"column": "dino"}, "it has no 'dino'; there are key, clip"),
        (parquet(table(vectors=[1, 2, 3])), "parquet", None, {}, "'clip' is int64, not a list of numbers"),
        (parquet(table(vectors=[["x"]] * 3)), "parquet", None, {}, "'clip' holds string, not numbers"),
        (parquet(table()), "csv", None, {}, "its ending is none of .parquet"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, *, content: bytes, ending: str, named: bytes | None, choices: dict[str, Any], fault: str
) -> None:
    (found,) = faults(tmp_path, content, ending, named, **choices)

    assert fault in found


def test_a_vector_longer_than_encord_takes_is_refused(tmp_path: Path) -> None:
    limits = Limits(embedding_numbers=2, active_embedding_numbers=1)

    assert read(tmp_path, parquet(table()), limits=limits).size == 2
    assert faults(tmp_path, parquet(table()), limits=limits, active=True) == (
        "a vector has 2 numbers, and Active takes 1 to 1",
    )
    assert faults(tmp_path, parquet(table()), limits=Limits(embedding_numbers=1)) == (
        "a vector has 2 numbers, and Index takes 1 to 1",
    )


def test_an_empty_table_is_none_at_all(tmp_path: Path) -> None:
    empty = table([], pa.array([], pa.list_(pa.float32())))

    assert read(tmp_path, parquet(empty)).count == 0


def test_a_digest_tells_vectors_and_places(tmp_path: Path) -> None:
    vectors = read(tmp_path, parquet(table()))

    digests = {vectors.digest(places) for places in ({"": [1, 2]}, {"": [1, 3]}, {"1": [1, 2]}, {"": [1, 2]})}

    assert len(digests) == 3
