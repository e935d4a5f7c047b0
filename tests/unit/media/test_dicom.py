"""What a DICOM file's header says of where it belongs."""

import io
import zlib

import pydicom
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian

from encord_provider.media.dicom import study_of
from encord_provider.media.ranges import BLOCK
from tests import media
from tests.unit.media.held import Held


def deflated() -> bytes:
    """Return a DICOM file whose header is compressed."""
    scan = pydicom.dcmread(io.BytesIO(media.dicom()))
    scan.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    file = io.BytesIO()
    scan.save_as(file, enforce_file_format=True)
    return file.getvalue()


def without_study() -> bytes:
    """Return a DICOM file that does not say which study it belongs to."""
    scan = pydicom.dcmread(io.BytesIO(media.dicom()))
    del scan.StudyInstanceUID
    file = io.BytesIO()
    scan.save_as(file, enforce_file_format=True)
    return file.getvalue()


def test_the_study_of_a_file_is_read_from_its_header() -> None:
    assert study_of(Held(media.dicom(study="1.2.3")).reader()) == "1.2.3"


def test_a_compressed_header_is_read_too() -> None:
    assert study_of(Held(deflated()).reader()) == media.STUDY


def test_only_the_start_of_a_large_file_is_fetched() -> None:
    held = Held(media.dicom())
    scan = pydicom.dcmread(io.BytesIO(held.content))
    scan.Rows = scan.Columns = 1024
    scan.PixelData = bytes(1024 * 1024 * 2)
    file = io.BytesIO()
    scan.save_as(file, enforce_file_format=True)
    large = Held(file.getvalue())

    assert study_of(large.reader()) == media.STUDY
    assert sum(length for _, length in large.asked) <= 2 * BLOCK


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a text",
        bytes(200),
        bytes(128) + b"DICM",
        media.dicom()[:140],
        without_study(),
        media.image(),
    ],
)
def test_a_file_that_is_no_dicom_file_or_names_no_study_has_none(content: bytes) -> None:
    assert study_of(Held(content).reader()) is None


def damaged(content: bytes, at: bytes, by: bytes) -> bytes:
    """Return *content* with the bytes after the first *at* overwritten."""
    start = content.index(at) + len(at)
    return content[:start] + by + content[start + len(by) :]


@pytest.mark.parametrize(
    "content",
    [
        damaged(media.dicom(), b"\x02\x00\x10\x00", b"\x55\x2b"),  # a value representation that nobody knows
        damaged(media.dicom(), b"\x02\x00\x00\x00UL", b"\x03\x00"),  # a number of three bytes
        damaged(deflated(), DeflatedExplicitVRLittleEndian.encode(), zlib.compress(b"x" * 9)[:9]),
        media.dicom()[:-100].replace(b"\x08\x00\x16\x00UI", b"\x08\x00\x16\x00OB"),
    ],
    ids=["value representation", "length", "compression", "another type"],
)
def test_a_damaged_file_is_told_from_a_good_one_and_stops_nothing(content: bytes) -> None:
    assert study_of(Held(content).reader()) in (None, media.STUDY)
