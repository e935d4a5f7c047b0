"""What a file is, as Encord takes it on trust: it neither downloads nor checks what comes with these.

Field names after encord 0.1.211, ``CustomerProvided*Metadata``. Each field has two more names: the one in the
documented JSON (docs.encord.com, "Register cloud data") and the one in the SDK's typed form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, TypeAlias

from encord_provider.manifest.kinds import Kind


@dataclass(frozen=True)
class VideoMetadata:
    """A video; must be given with strict client-only access."""

    fps: float
    """Frames per second."""

    duration: float
    """Seconds."""

    width: int
    """Pixels."""

    height: int
    """Pixels."""

    file_size: int
    """Bytes."""

    mime_type: str
    """For example ``video/mp4``."""


@dataclass(frozen=True)
class ImageMetadata:
    """An image, alone or as a frame of a group; must be given with strict client-only access."""

    mime_type: str
    """For example ``image/jpeg``."""

    file_size: int
    """Bytes."""

    width: int
    """Pixels."""

    height: int
    """Pixels."""


@dataclass(frozen=True)
class AudioMetadata:
    """A sound."""

    duration: float
    """Seconds; ``duration_seconds`` in the documented JSON."""

    file_size: int
    """Bytes."""

    mime_type: str
    """For example ``audio/wav``."""

    sample_rate: int
    """Hertz."""

    bit_depth: int
    """Bits of one sample."""

    codec: str
    """For example ``mp3`` or ``pcm``."""

    num_channels: int
    """Channels."""


@dataclass(frozen=True)
class PdfMetadata:
    """A PDF."""

    file_size: int
    """Bytes."""

    num_pages: int
    """Pages."""


@dataclass(frozen=True)
class TextMetadata:
    """A text of any format."""

    file_size: int
    """Bytes."""

    mime_type: str
    """For example ``text/plain``."""


@dataclass(frozen=True)
class DicomMetadata:
    """One DICOM file of a series; only the typed form has a place for it."""

    tags: Mapping[str, Mapping[str, Any] | None] = field(hash=False)
    """Tag to its element in pydicom's JSON form; each of `DICOM_TAGS` must be there, null where the file has none."""


MediaMetadata: TypeAlias = (
    VideoMetadata | ImageMetadata | AudioMetadata | PdfMetadata | TextMetadata | DicomMetadata
)

DICOM_TAGS: Final = frozenset(
    [
        "00080018",
        "00100020",
        "00180050",
        "00181114",
        "00181164",
        "0020000D",
        "0020000E",
        "00200013",
        "00200032",
        "00200037",
        "00209113",
        "00209116",
        "00280004",
        "00280008",
        "00280010",
        "00280011",
        "00280030",
        "00281050",
        "00281051",
        "00289110",
        "52009229",
        "52009230",
    ]
)
"""Tags that must be there (encord 0.1.211, ``CustomerProvidedDicomSeriesDicomFileMetadata``)."""

METADATA_FORMS: Final[dict[Kind, tuple[str, type[MediaMetadata]]]] = {
    Kind.VIDEO: ("videoMetadata", VideoMetadata),
    Kind.IMAGE: ("imageMetadata", ImageMetadata),
    Kind.IMAGE_GROUP: ("imageMetadata", ImageMetadata),
    Kind.IMAGE_SEQUENCE: ("imageMetadata", ImageMetadata),
    Kind.AUDIO: ("audioMetadata", AudioMetadata),
    Kind.PDF: ("pdfMetadata", PdfMetadata),
    Kind.TEXT: ("textMetadata", TextMetadata),
    Kind.DICOM_SERIES: ("dicomMetadata", DicomMetadata),
}
"""Under which key a kind's media metadata stands, and its form; kinds not named have none. Of a group, frames do."""


def camel(name: str) -> str:
    """Spell a field as the typed form does."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _documented(form: type[MediaMetadata], name: str) -> str:
    if form is ImageMetadata:
        return camel(name)  # the page has camel case for images alone
    return "duration_seconds" if form is AudioMetadata and name == "duration" else name


TYPED_KEYS: Final = {
    form: tuple((f.name, camel(f.name)) for f in fields(form)) for _, form in METADATA_FORMS.values()
}
"""Field and key of each form in the SDK's typed form."""

DOCUMENTED_KEYS: Final = {
    form: tuple((f.name, _documented(form, f.name)) for f in fields(form))
    for _, form in METADATA_FORMS.values()
}
"""Field and key of each form in the documented JSON: camel case for images, snake case for the rest."""


def documented(media: MediaMetadata) -> dict[str, Any]:
    """Render media metadata as the documentation shows it."""
    return {key: getattr(media, name) for name, key in DOCUMENTED_KEYS[type(media)]}


def typed(media: MediaMetadata) -> dict[str, Any]:
    """Render media metadata as the SDK's typed form has it."""
    return {key: getattr(media, name) for name, key in TYPED_KEYS[type(media)]}
