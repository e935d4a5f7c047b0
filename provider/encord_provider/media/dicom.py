"""A DICOM file: the tags that Encord takes on trust, from its header."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from encord_provider.manifest.media_metadata import DICOM_TAGS, DicomMetadata
from encord_provider.media.grades import Broken, Finding, Unclear
from encord_provider.media.ranges import BLOCK, RangeReader

if TYPE_CHECKING:
    from pydicom import Dataset, FileDataset

REQUIRED = ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "Rows", "Columns")
"""Without these Encord refuses a file (encord-team/dicom-metadata-upload, README)."""

_META_GROUP = 2  # DICOM PS3.10, §7.1

_INSIDE_A_STRING = 1 << 40
"""Bytes from which pydicom would put a value elsewhere: never."""


def study_of(reader: RangeReader) -> str | None:
    """Return the StudyInstanceUID (0020,000D) of a DICOM file; None when it is no whole DICOM file or has none."""
    try:
        with _damage():
            header = _header(reader, ["StudyInstanceUID"])
            study = header.get("StudyInstanceUID")
    except Broken:
        return None
    return str(study) if study else None


def read_dicom(reader: RangeReader, key: str, found: str | None) -> Finding:  # noqa: ARG001 - as all readers
    """Read the tags of a DICOM file, in pydicom's JSON form.

    Raises:
        Broken: It is no DICOM file, is damaged, ends before its pixels do, or lacks what Encord requires.
        Unclear: Its header is compressed, so that nothing bounds its size.
        OverBudget: The header costs more than it may.

    """
    with _damage():
        if _is_deflated(reader):
            raise Unclear("its header is compressed, so that its size cannot be known before it is read")
        header = _header(reader, None)
        pixels_at = reader.tell()
        tags = {tag: _json(header, tag) for tag in sorted(DICOM_TAGS)}
        missing = [name for name in REQUIRED if header.get(name) in (None, "")]
        if missing:
            raise Broken(f"it lacks {', '.join(missing)}, without which Encord refuses it")
        doubts = list(_doubts_of_pixels(header, reader.size - pixels_at))
    if found not in (None, "application/dicom"):
        doubts.append(f"it begins as {found} does")
    return Finding(DicomMetadata(tags), tuple(doubts))


def _header(reader: RangeReader, only: list[str] | None) -> "FileDataset":
    from pydicom import dcmread

    reader.seek(0)
    stream = cast("BinaryIO", reader)
    return dcmread(
        stream, stop_before_pixels=True, specific_tags=only, defer_size=BLOCK if only is None else None
    )


def _is_deflated(reader: RangeReader) -> bool:
    """Look at the file's meta information alone: pydicom unpacks the whole of a compressed data set at once."""
    from pydicom.filereader import read_dataset, read_preamble

    reader.seek(0)
    stream = cast("BinaryIO", reader)
    read_preamble(stream, force=False)
    meta = read_dataset(
        stream,
        is_implicit_VR=False,
        is_little_endian=True,
        stop_when=lambda tag, _vr, _length: tag.group != _META_GROUP,
    )
    syntax = meta.get("TransferSyntaxUID")
    return bool(syntax and syntax.is_deflated)


def _json(header: "Dataset", tag: str) -> dict[str, Any] | None:
    from pydicom.tag import Tag

    if Tag(tag) not in header:
        return None
    return header[tag].to_json_dict(None, _INSIDE_A_STRING)


def _doubts_of_pixels(header: "FileDataset", left: int) -> Iterator[str]:
    """Yield a doubt where the pixels cannot be shown to be there; *left* is how many bytes follow the header."""
    from pydicom.pixels.utils import get_expected_length

    syntax = header.file_meta.get("TransferSyntaxUID")
    if syntax is None:
        yield "it does not say how its pixels are written"
    elif left <= 0:
        raise Broken("it has no pixels, or is cut off before them")
    elif not syntax.is_compressed:
        expected = get_expected_length(header)
        if expected > left:
            raise Broken(f"it is cut off: its pixels take {expected} bytes, {left} are there")


@contextmanager
def _damage() -> Iterator[None]:
    from pydicom.errors import BytesLengthException, InvalidDicomError

    # what pydicom 3.0 raises for damaged files, found by mutating good ones
    damaged = (
        *(InvalidDicomError, BytesLengthException, NotImplementedError, AttributeError, LookupError),
        *(
            EOFError,
            OSError,
            TypeError,
            ValueError,
            ArithmeticError,
            RecursionError,
            struct.error,
            zlib.error,
        ),
    )
    try:
        yield
    except damaged as error:
        raise Broken(f"it is damaged or no DICOM file: {error}") from error
