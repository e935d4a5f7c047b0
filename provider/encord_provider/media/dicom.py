"""What a DICOM file's header says of where it belongs."""

import struct
import zlib
from typing import BinaryIO, cast

from encord_provider.media.ranges import RangeReader


def study_of(reader: RangeReader) -> str | None:
    """Return the StudyInstanceUID (0020,000D) of a DICOM file; None when it is no whole DICOM file or has none."""
    from pydicom import dcmread
    from pydicom.errors import BytesLengthException, InvalidDicomError

    # what pydicom 3.0 raises for damaged files, found by mutating a good one
    damaged = (
        *(InvalidDicomError, BytesLengthException, NotImplementedError),
        *(EOFError, ValueError, struct.error, zlib.error),
    )
    stream = cast("BinaryIO", reader)
    try:
        header = dcmread(stream, stop_before_pixels=True, specific_tags=["StudyInstanceUID"])
        study = header.get("StudyInstanceUID")
    except damaged:
        return None
    return str(study) if study else None
