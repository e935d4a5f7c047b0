"""NIfTI volumes: what is told of them, and which are refused."""

import gzip

import nibabel
import numpy as np
import pytest

from encord_provider.sandbox.inspection import Refused, inspect
from tests import media
from tests.unit.sandbox.inspection.held import Held

VOXELS = np.ones((5, 6, 7), dtype=np.int16)
NIFTI_1 = nibabel.Nifti1Image(VOXELS, np.eye(4)).to_bytes()  # type: ignore[no-untyped-call] # nibabel's own
NIFTI_2 = nibabel.Nifti2Image(VOXELS, np.eye(4)).to_bytes()  # type: ignore[no-untyped-call] # nibabel's own


@pytest.mark.parametrize(
    ("volume", "mime_type"),
    [
        (NIFTI_1, "application/nifti1"),
        (NIFTI_2, "application/nifti2"),
        (gzip.compress(NIFTI_1), "application/nifti1"),
        (gzip.compress(NIFTI_2), "application/nifti2"),
    ],
)
def test_a_volume_gives_its_dimensions(volume: bytes, mime_type: str) -> None:
    facts = inspect("NIFTI", Held(volume), "any name at all")

    assert (facts.mime_type, facts.file_size) == (mime_type, len(volume))
    assert (facts.width, facts.height, facts.frame_count) == (5, 6, 7)


@pytest.mark.parametrize("volume", [NIFTI_1, NIFTI_2, gzip.compress(NIFTI_1)])
def test_a_truncated_volume_is_refused(volume: bytes) -> None:
    with pytest.raises(Refused, match="truncated"):
        inspect("NIFTI", Held(volume[:-20]), "brain.nii")


def test_a_header_without_sense_is_refused() -> None:
    header = bytearray(NIFTI_1)
    header[70:72] = b"\xff\xff"  # the data type

    with pytest.raises(Refused, match="header is invalid"):
        inspect("NIFTI", Held(bytes(header)), "brain.nii")


def test_half_a_pair_of_files_is_refused() -> None:
    half = bytearray(NIFTI_1)
    half[344:348] = b"ni1\x00"

    with pytest.raises(Refused, match="only single files"):
        inspect("NIFTI", Held(bytes(half)), "brain.hdr")


@pytest.mark.parametrize(
    ("data", "found"),
    [(gzip.compress(b"only words"), "text/plain"), (media.dicom(), "application/dicom")],
)
def test_what_is_no_volume_is_refused_in_encords_words(data: bytes, found: str) -> None:
    with pytest.raises(Refused) as refusal:
        inspect("NIFTI", Held(data), "brain.nii.gz")

    assert refusal.value.reason == f"Expected a NIfTI file, got a file of type {found}"
