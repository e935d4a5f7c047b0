"""Media files of a few kilobytes, each made by the library of its field; the same arguments, the same file."""

import io
import wave
from functools import cache

import av
import nibabel
import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

STUDY = "1.2.826.0.1.3680043.8.498.1"
SERIES = "1.2.826.0.1.3680043.8.498.1.1"


@cache
def image(kind: str = "png", width: int = 32, height: int = 24, shade: int = 128) -> bytes:
    """Draw an even picture; *kind* is a format of Pillow, *width* and *height* are pixels."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (shade, 64, 255 - shade)).save(file, kind)
    return file.getvalue()


@cache
def video(frames: int = 10, fps: int = 10, width: int = 64, height: int = 48) -> bytes:
    """Film *frames* shades of grey as H.264 in an mp4."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            picture = np.full((height, width, 3), number * 255 // frames, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return file.getvalue()


@cache
def audio(seconds: float = 0.5, sample_rate: int = 8_000, channels: int = 1) -> bytes:
    """Record silence as 16-bit PCM in a wav."""
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setnchannels(channels)
        recording.setsampwidth(2)
        recording.setframerate(sample_rate)
        recording.writeframes(bytes(int(seconds * sample_rate) * channels * 2))
    return file.getvalue()


@cache
def pdf(pages: int = 2) -> bytes:
    """Print *pages* blank pages."""
    file = io.BytesIO()
    first, *others = [Image.new("RGB", (60, 80), "white") for _ in range(pages)]
    first.save(file, "PDF", save_all=True, append_images=others)
    return file.getvalue()


@cache
def nifti(side: int = 4) -> bytes:
    """Scan an empty cube of *side* voxels."""
    voxels = np.zeros((side, side, side), dtype=np.int16)
    return nibabel.Nifti1Image(voxels, np.eye(4)).to_bytes()  # type: ignore[no-untyped-call] # nibabel's own


@cache
def dicom(slice_number: int = 1, study: str = STUDY, series: str = SERIES) -> bytes:
    """Scan one 8 by 8 slice of a series; slices stand 1 mm apart."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = pydicom.uid.UID(f"{series}.{slice_number}")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    scan = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    scan.SOPClassUID, scan.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    scan.StudyInstanceUID, scan.SeriesInstanceUID = study, series
    scan.PatientID, scan.Modality, scan.InstanceNumber = "phantom", "CT", slice_number
    scan.ImagePositionPatient, scan.ImageOrientationPatient = [0, 0, slice_number], [1, 0, 0, 0, 1, 0]
    scan.PixelSpacing, scan.SliceThickness = [1, 1], 1
    scan.Rows, scan.Columns, scan.SamplesPerPixel = 8, 8, 1
    scan.PhotometricInterpretation, scan.PixelRepresentation = "MONOCHROME2", 0
    scan.BitsAllocated, scan.BitsStored, scan.HighBit = 16, 16, 15
    scan.WindowCenter, scan.WindowWidth = 128, 256
    scan.PixelData = bytes(8 * 8 * 2)
    file = io.BytesIO()
    scan.save_as(file, enforce_file_format=True)
    return file.getvalue()


def point_cloud() -> bytes:
    """Measure two points, as text PCD."""
    return (
        b"VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 2\nHEIGHT 1\n"
        b"VIEWPOINT 0 0 0 1 0 0 0\nPOINTS 2\nDATA ascii\n0 0 0\n1 1 1\n"
    )


def signals() -> bytes:
    """Log two channels over three seconds, as CSV."""
    return b"timestamp,speed,heading\n0,1.5,90\n1,1.6,91\n2,1.7,92\n"
