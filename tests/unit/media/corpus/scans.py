"""DICOM files and NIfTI volumes."""

import gzip
import io
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import nibabel
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

from encord_provider.manifest.kinds import Kind
from tests import media
from tests.unit.media.corpus.case import Case


def scan(change: Callable[[pydicom.FileDataset], None] | None = None, number: int = 1) -> bytes:
    """Return slice *number* of a series, after *change*."""
    found = pydicom.dcmread(io.BytesIO(media.dicom(number)))
    if change:
        change(found)
    file = io.BytesIO()
    found.save_as(file, enforce_file_format=True)
    return file.getvalue()


@cache
def scans() -> tuple[Case, ...]:
    """Return the scans, good ones and bad ones."""
    return tuple(
        Case(f"scans/{name}", Kind.DICOM_SERIES if name.endswith("dcm") else Kind.NIFTI, content)
        for name, content in (*_slices(), *_volumes())
    )


def _enhanced(found: pydicom.FileDataset) -> None:
    position, shared = Dataset(), Dataset()
    position.ImagePositionPatient = [0, 0, 1.5]
    frame = Dataset()
    frame.PlanePositionSequence = Sequence([position])
    shared.PixelMeasuresSequence = Sequence([Dataset()])
    found.PerFrameFunctionalGroupsSequence = Sequence([frame])
    found.SharedFunctionalGroupsSequence = Sequence([shared])
    found.NumberOfFrames = 1


def _compressed(found: pydicom.FileDataset) -> None:
    found.compress(RLELossless)


def _syntax(uid: pydicom.uid.UID) -> Callable[[pydicom.FileDataset], None]:
    def change(found: pydicom.FileDataset) -> None:
        found.file_meta.TransferSyntaxUID = uid

    return change


def _without(*names: str) -> Callable[[pydicom.FileDataset], None]:
    def change(found: pydicom.FileDataset) -> None:
        for name in names:
            delattr(found, name)

    return change


def _large_private(found: pydicom.FileDataset) -> None:
    found.add_new(0x00111010, "OB", bytes(300_000))


def _as_tiff(content: bytes) -> bytes:
    """Give a slice the preamble of a TIFF, as files for two kinds of programs have (DICOM PS3.10, §7.1)."""
    return b"II*\x00" + content[4:]


def _slices() -> Iterator[tuple[str, bytes]]:
    for number in range(1, 11):
        yield f"slice-{number}.dcm", scan(number=number)
    yield "enhanced.dcm", scan(_enhanced)
    yield "compressed.dcm", scan(_compressed)
    yield "implicit.dcm", scan(_syntax(ImplicitVRLittleEndian))
    yield "deflated.dcm", scan(_syntax(DeflatedExplicitVRLittleEndian))
    yield "few-tags.dcm", scan(_without("PixelSpacing", "SliceThickness", "WindowCenter", "WindowWidth"))
    yield "large-private.dcm", scan(_large_private)
    for name in ("StudyInstanceUID", "SeriesInstanceUID", "Rows", "PixelData"):
        yield f"without-{name}.dcm", scan(_without(name))
    for cut in (100, 140, 400, 800):
        yield f"cut-{cut}.dcm", media.dicom()[:cut]
    yield "big-endian-lie.dcm", media.dicom().replace(b"1.2.840.10008.1.2.1", b"1.2.840.10008.1.2.2")
    yield "two-personalities.dcm", _as_tiff(media.dicom())
    yield "picture.dcm", media.image()
    yield "no-preamble.dcm", media.dicom()[132:]


def _volume(form: Any, voxels: NDArray[np.int16]) -> bytes:  # noqa: ANN401 - nibabel types nothing
    content: bytes = form(voxels, np.eye(4)).to_bytes()
    return content


def _volumes() -> Iterator[tuple[str, bytes]]:
    voxels = np.zeros((6, 5, 4), dtype=np.int16)
    one, two = (_volume(form, voxels) for form in (nibabel.Nifti1Image, nibabel.Nifti2Image))
    yield "one.nii", one
    yield "two.nii", two
    yield "packed.nii.gz", gzip.compress(one)
    yield "packed-two.nii.gz", gzip.compress(two)
    yield "cut.nii", one[:-10]
    yield "cut-header.nii", one[:200]
    yield "cut.nii.gz", gzip.compress(one)[:20]
    yield "bomb.nii.gz", gzip.compress(bytes(50_000_000))
    yield "text.nii", b"hello" * 100
