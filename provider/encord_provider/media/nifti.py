"""A NIfTI volume: whether its header makes sense, and its voxels are there. Encord takes nothing on trust of it."""

import gzip
import math
import zlib
from typing import TYPE_CHECKING, Any, cast

from encord_provider.media.grades import Broken, Finding
from encord_provider.media.ranges import RangeReader

if TYPE_CHECKING:
    from typing import BinaryIO

_GZIP = b"\x1f\x8b"
_HEADER_BYTES = 540  # of NIfTI-2, the larger one


def read_nifti(reader: RangeReader, key: str, found: str | None) -> Finding:  # noqa: ARG001 - as all readers
    """Check a volume's header.

    Raises:
        Broken: It is no NIfTI file, is damaged, or ends before its voxels do.
        OverBudget: The file costs more than it may.

    """
    from nibabel import Nifti1Header, Nifti2Header
    from nibabel.filebasedimages import ImageFileError
    from nibabel.spatialimages import HeaderDataError
    from nibabel.wrapstruct import WrapStructError

    head, is_packed = _head(reader)
    forms: tuple[Any, ...] = (Nifti1Header, Nifti2Header)  # nibabel types nothing
    form = next((f for f in forms if f.may_contain_header(head)), None)
    if form is None:
        raise Broken("it is no NIfTI file")
    try:
        header = form(head[: form.sizeof_hdr], check=True)
        shape, offset = header.get_data_shape(), int(header["vox_offset"])
        voxels = math.prod(int(side) for side in shape) * header.get_data_dtype().itemsize
    except (ImageFileError, HeaderDataError, WrapStructError, ValueError, OverflowError) as error:
        raise Broken(f"it is damaged or no NIfTI file: {error}") from error
    if not shape or min(shape) < 1:
        raise Broken(f"it has no voxels: its shape is {shape}")
    if not is_packed and offset + voxels > reader.size:
        raise Broken(
            f"it is cut off: its voxels end at byte {offset + voxels}, the file at byte {reader.size}"
        )
    return Finding()


def _head(reader: RangeReader) -> tuple[bytes, bool]:
    """Return the header's bytes, and whether they were compressed."""
    reader.seek(0)
    is_packed = reader.read(2) == _GZIP
    reader.seek(0)
    if not is_packed:
        return reader.read(_HEADER_BYTES), False
    try:
        with gzip.GzipFile(fileobj=cast("BinaryIO", reader)) as unpacked:
            return unpacked.read(_HEADER_BYTES), True
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Broken(f"it is damaged: {error}") from error
