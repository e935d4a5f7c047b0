"""What an inspection finds: facts, or a refusal."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the bytes of one object say; a field is None where its kind has no such fact."""

    mime_type: str
    """From the bytes; from the name for text."""

    file_size: int
    """In bytes."""

    width: int | None = None
    """In pixels, as coded."""

    height: int | None = None
    """In pixels, as coded."""

    fps: float | None = None
    """Average frames per second of a video."""

    duration: float | None = None
    """In seconds, of a video or audio file."""

    frame_count: int | None = None
    """Frames of a video, or of a DICOM file."""

    dicom_instance_uid: str | None = None
    """SOPInstanceUID, tag 0008,0018."""

    dicom_study_uid: str | None = None
    """StudyInstanceUID, tag 0020,000D."""

    dicom_series_uid: str | None = None
    """SeriesInstanceUID, tag 0020,000E."""

    audio_sample_rate: int | None = None
    """In hertz."""

    audio_bit_depth: int | None = None
    """In bits per sample."""

    audio_codec: str | None = None
    """FFmpeg's name of the codec, such as ``mp3``."""

    audio_num_channels: int | None = None
    """1 for mono, 2 for stereo."""

    num_pages: int | None = None
    """Pages of a PDF."""


class Refused(Exception):
    """The object is readable, but is not what it was registered as."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        """One sentence, fit for a unit error; in Encord's own words where they are known."""

        super().__init__(reason)
