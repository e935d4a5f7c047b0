"""Media metadata that a client supplies, which Encord takes on trust.

Field names after encord 0.1.211, ``CustomerProvided*Metadata``; both spellings of each key are understood.
"""

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, ConfigDict, Field

from encord_provider.sandbox.kinds import Kind
from encord_provider.sandbox.wire.model import WireModel

DICOM_TAGS = frozenset(
    {
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
    }
)
"""Tags that must be present as keys (encord 0.1.211, ``CustomerProvidedDicomSeriesDicomFileMetadata``)."""


Count = Annotated[int, Field(ge=0, le=2**63 - 1)]
"""A whole number that the database can hold."""

Measure = Annotated[float, Field(ge=0)]
"""A number of seconds or frames per second."""


class MediaMetadata(WireModel):
    """Facts about one file, under the names of the item columns that they fill."""

    model_config = ConfigDict(allow_inf_nan=False)


class VideoMetadata(MediaMetadata):
    """``videoMetadata``: frames per second, seconds, pixels, bytes."""

    fps: Measure
    duration: Measure
    width: Count
    height: Count
    file_size: Count
    mime_type: str


class ImageMetadata(MediaMetadata):
    """``imageMetadata``: pixels and bytes."""

    width: Count
    height: Count
    file_size: Count
    mime_type: str


class AudioMetadata(MediaMetadata):
    """``audioMetadata``: seconds, bytes, Hz, bits; the documents say ``duration_seconds``, the SDK ``duration``."""

    duration: Measure = Field(
        validation_alias=AliasChoices("duration", "duration_seconds", "durationSeconds")
    )
    file_size: Count
    mime_type: str
    audio_sample_rate: Count = Field(validation_alias=AliasChoices("sampleRate", "sample_rate"))
    audio_bit_depth: Count = Field(validation_alias=AliasChoices("bitDepth", "bit_depth"))
    audio_codec: str = Field(validation_alias=AliasChoices("codec"))
    audio_num_channels: Count = Field(validation_alias=AliasChoices("numChannels", "num_channels"))


class PdfMetadata(MediaMetadata):
    """``pdfMetadata``: bytes and pages."""

    file_size: Count
    num_pages: Count


class TextMetadata(MediaMetadata):
    """``textMetadata``: bytes and MIME type."""

    file_size: Count
    mime_type: str


def _with_all_tags(tags: object) -> object:
    missing = sorted(DICOM_TAGS - set(tags)) if isinstance(tags, dict) else []
    if missing:
        raise ValueError(f"required DICOM tags are missing: {', '.join(missing)}")
    return tags


class DicomMetadata(MediaMetadata):
    """``dicomMetadata`` of one file: its tags in pydicom's JSON form, all required ones present, null where absent."""

    tags: Annotated[dict[str, dict[str, Any] | None], BeforeValidator(_with_all_tags)]


METADATA_KEYS: dict[Kind, tuple[str, str, type[MediaMetadata]]] = {
    Kind.VIDEO: ("videoMetadata", "video_metadata", VideoMetadata),
    Kind.IMAGE: ("imageMetadata", "image_metadata", ImageMetadata),
    Kind.IMG_GROUP: ("imageMetadata", "image_metadata", ImageMetadata),
    Kind.AUDIO: ("audioMetadata", "audio_metadata", AudioMetadata),
    Kind.PDF: ("pdfMetadata", "pdf_metadata", PdfMetadata),
    Kind.PLAIN_TEXT: ("textMetadata", "text_metadata", TextMetadata),
    Kind.DICOM: ("dicomMetadata", "dicom_metadata", DicomMetadata),
}
"""Under which keys a kind's media metadata stands, and its model; kinds not named take none."""
