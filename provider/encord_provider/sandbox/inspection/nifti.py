"""A NIfTI volume: its header, and that all its voxels are there."""

import gzip
import io
import math
import zlib
from dataclasses import dataclass
from typing import Self

from nibabel.nifti1 import Nifti1Header
from nibabel.nifti2 import Nifti2Header
from nibabel.spatialimages import HeaderDataError

from encord_provider.sandbox.cloud import ObjectReader
from encord_provider.sandbox.inspection.facts import Facts, Refused
from encord_provider.sandbox.inspection.file_type import HEAD_BYTES, file_type, unexpected

GZIP = "application/gzip"
NIFTI_1 = "application/nifti1"
NIFTI_2 = "application/nifti2"

_HEADERS = {NIFTI_1: (Nifti1Header, 348), NIFTI_2: (Nifti2Header, 540)}  # and their lengths in bytes
_SINGLE_FILE = (b"n+1", b"n+2")  # the other magic, "ni1" or "ni2", is half of a .hdr and .img pair
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class _Volume:
    """What a header says."""

    mime_type: str
    shape: tuple[int, ...]
    size: int
    """Of the whole file, unpacked, in bytes."""

    @classmethod
    def of(cls, head: bytes) -> Self:
        mime_type = file_type(head)
        if mime_type not in _HEADERS:
            raise unexpected("a NIfTI file", mime_type)
        kind, length = _HEADERS[mime_type]
        try:
            header = kind(binaryblock=head[:length])  # type: ignore[no-untyped-call] # nibabel is not typed
        except HeaderDataError as error:
            raise Refused(f"The NIfTI header is invalid: {error}") from error
        if header["magic"].item() not in _SINGLE_FILE:
            raise Refused("The NIfTI header belongs to a pair of files; only single files are supported")
        count, *dimensions = map(int, header["dim"])
        shape = tuple(dimensions[:count])
        if not shape or min(shape) < 1:
            raise Refused(f"The NIfTI header is invalid: it has the dimensions {shape}")
        offset = float(header["vox_offset"])
        if not math.isfinite(offset) or offset < length:
            raise Refused(f"The NIfTI header is invalid: its voxels start at byte {offset:g}")
        voxels = math.prod(shape) * int(header["bitpix"]) // 8
        return cls(mime_type, shape, int(offset) + voxels)


def inspect_nifti(reader: ObjectReader) -> Facts:
    """Tell the size of a volume, gzipped or not.

    ``width`` and ``height`` are its first two dimensions in voxels, ``frame_count`` the third.

    Raises:
        Refused: It is no NIfTI file, has an invalid header, or lacks voxels.

    """
    data = reader.read_all()
    packed = file_type(data[:HEAD_BYTES]) == GZIP
    try:
        with gzip.open(io.BytesIO(data)) if packed else io.BytesIO(data) as file:
            volume = _Volume.of(file.read(HEAD_BYTES))
            _require_bytes(file, volume.size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Refused(f"The file is truncated or damaged: {error}") from error
    width, height, depth, *_ = (*volume.shape, 1, 1)
    return Facts(
        mime_type=volume.mime_type, file_size=reader.size, width=width, height=height, frame_count=depth
    )


def _require_bytes(file: gzip.GzipFile | io.BytesIO, size: int) -> None:
    """Read *file* from its start, a chunk at a time: unpacked, it may be a thousand times its size."""
    file.seek(0)
    missing = size
    while missing > 0 and (chunk := file.read(min(missing, _CHUNK_BYTES))):
        missing -= len(chunk)
    if missing > 0:
        raise Refused(f"The file is truncated: it lacks {missing} of {size} bytes")
