"""Decide from an object's bytes whether it is what it was registered as, and what can be said of it."""

from collections.abc import Callable, Mapping, Sequence

from pydantic import JsonValue

from encord_provider.sandbox.cloud import ObjectReader
from encord_provider.sandbox.inspection.audio import inspect_audio
from encord_provider.sandbox.inspection.dicom import DicomFile
from encord_provider.sandbox.inspection.dicom_series import require_series
from encord_provider.sandbox.inspection.facts import Facts, Refused
from encord_provider.sandbox.inspection.image import inspect_image
from encord_provider.sandbox.inspection.nifti import inspect_nifti
from encord_provider.sandbox.inspection.pdf import inspect_pdf
from encord_provider.sandbox.inspection.scene import inspect_scene
from encord_provider.sandbox.inspection.text import inspect_text
from encord_provider.sandbox.inspection.thumbnails import collage, thumbnail
from encord_provider.sandbox.inspection.timeseries import inspect_timeseries
from encord_provider.sandbox.inspection.video import inspect_video

__all__ = ["Facts", "Refused", "collage", "inspect", "inspect_series", "inspect_series_tags", "thumbnail"]

_BY_BYTES: dict[str, Callable[[ObjectReader], Facts]] = {
    "VIDEO": inspect_video,
    "IMAGE": inspect_image,
    "IMG": inspect_image,
    "AUDIO": inspect_audio,
    "PDF": inspect_pdf,
    "NIFTI": inspect_nifti,
    "SCENE": inspect_scene,
    "TIMESERIES": inspect_timeseries,
}


def inspect(kind: str, reader: ObjectReader, file_name: str) -> Facts:
    """Inspect one object.

    Args:
        kind: ``externalFileType`` of the wire: VIDEO IMAGE AUDIO PDF PLAIN_TEXT NIFTI DICOM SCENE TIMESERIES,
            or IMG for a frame of a group.
        reader: The object.
        file_name: What messages call it. Only text is also judged by it.

    Raises:
        Refused: The bytes are not of that kind, or are damaged.
        ObjectUnreadable: The storage failed while the object was read.
        KeyError: There is no such kind.

    """
    if reader.size == 0:
        raise Refused("The file is empty")
    if kind == "PLAIN_TEXT":
        return inspect_text(reader, file_name)
    if kind == "DICOM":
        return inspect_series([(file_name, reader)])[0]
    return _BY_BYTES[kind](reader)


def inspect_series(files: Sequence[tuple[str, ObjectReader]]) -> list[Facts]:
    """Inspect the files of one DICOM series, given as (title, object), each and together.

    Raises:
        Refused: A file is no DICOM file, breaks a rule, or does not belong with the others.
        ObjectUnreadable: The storage failed while an object was read.

    """
    return _facts([_read(title, reader) for title, reader in files])


def inspect_series_tags(files: Sequence[tuple[str, Mapping[str, JsonValue]]]) -> list[Facts]:
    """Inspect a DICOM series by the ``dicomMetadata`` tags its client supplied, as (title, tags).

    For integrations through which nothing is read; ``file_size`` of the facts is 0.

    Raises:
        Refused: Tags are missing or senseless, or a file does not belong with the others.

    """
    return _facts([DicomFile.supplied(title, tags) for title, tags in files])


def _read(title: str, reader: ObjectReader) -> DicomFile:
    if reader.size == 0:
        raise Refused(f"The file '{title}' is empty")
    return DicomFile.read(title, reader)


def _facts(files: Sequence[DicomFile]) -> list[Facts]:
    require_series(files)
    return [file.facts for file in files]
