"""Medical volumes: a CT series in DICOM files, and NIfTI, of one drawn head."""

import gzip
import io
from functools import partial

import nibabel
import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, generate_uid

from demo.corpus.model import Unit, source

_PIXELS = 96  # a side of a slice
_SLICES = 10
_SLICE_MM = 2.5
_PIXEL_MM = 2.0

Volume = np.ndarray[tuple[int, int, int], np.dtype[np.int16]]


def head() -> Volume:
    """Return a head in Hounsfield units, shape (slices, rows, columns): skull, brain, two ventricles."""
    z, y, x = np.meshgrid(
        np.linspace(-0.6, 0.6, _SLICES),
        np.linspace(-1, 1, _PIXELS),
        np.linspace(-1, 1, _PIXELS),
        indexing="ij",
    )
    volume = np.full(x.shape, -1_000, np.int16)  # air
    volume[(x / 0.72) ** 2 + (y / 0.9) ** 2 + (z / 0.95) ** 2 < 1] = 900
    volume[(x / 0.65) ** 2 + (y / 0.83) ** 2 + (z / 0.9) ** 2 < 1] = 38
    for side in (-0.2, 0.2):
        volume[((x - side) / 0.11) ** 2 + ((y + 0.08) / 0.3) ** 2 + (z / 0.5) ** 2 < 1] = 6
    return volume


def dicom_slice(index: int, study: str = "head") -> bytes:
    """Write one slice of the series; *study* names the study that the file says it belongs to."""
    instance = generate_uid(entropy_srcs=["demo", study, "instance", str(index)])
    file = FileDataset(
        "", _slice(index, study, instance), file_meta=_file_meta(instance), preamble=bytes(128)
    )
    out = io.BytesIO()
    file.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _file_meta(instance: UID) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = instance
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return meta


def _slice(index: int, study: str, instance: UID) -> Dataset:
    slice_ = Dataset()
    slice_.SOPClassUID = CTImageStorage
    slice_.SOPInstanceUID = instance
    slice_.StudyInstanceUID = generate_uid(entropy_srcs=["demo", study])
    slice_.SeriesInstanceUID = generate_uid(entropy_srcs=["demo", "series"])
    slice_.PatientID = "PHANTOM"
    slice_.PatientName = "Phantom^Head"
    slice_.Modality = "CT"
    slice_.StudyDate = "20261120"
    slice_.InstanceNumber = index + 1
    slice_.ImagePositionPatient = [0.0, 0.0, index * _SLICE_MM]
    slice_.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    slice_.SliceThickness = _SLICE_MM
    slice_.PixelSpacing = [_PIXEL_MM, _PIXEL_MM]
    slice_.WindowCenter, slice_.WindowWidth = 40, 100
    slice_.RescaleIntercept, slice_.RescaleSlope = 0, 1
    slice_.Rows = slice_.Columns = _PIXELS
    slice_.SamplesPerPixel = 1
    slice_.PhotometricInterpretation = "MONOCHROME2"
    slice_.BitsAllocated = slice_.BitsStored = 16
    slice_.HighBit = 15
    slice_.PixelRepresentation = 1
    slice_.PixelData = head()[index].tobytes()
    return slice_


def nifti(*, compressed: bool) -> bytes:
    """Write the head as one NIfTI-1 file."""
    affine = np.diag([_PIXEL_MM, _PIXEL_MM, _SLICE_MM, 1.0])
    image = nibabel.Nifti1Image(head().transpose(2, 1, 0), affine)  # type: ignore[no-untyped-call] # no types
    content: bytes = image.to_bytes()
    return gzip.compress(content, mtime=0) if compressed else content


UNITS = (
    Unit(
        "dicomSeries",
        tuple(
            source(f"dicom/ct-head/slice-{index + 1}.dcm", partial(dicom_slice, index))
            for index in range(_SLICES)
        ),
    ),
    Unit("nifti", (source("volumes/head.nii", partial(nifti, compressed=False)),)),
    Unit("nifti", (source("volumes/head.nii.gz", partial(nifti, compressed=True)),)),
)
