"""What a file is, told from its first bytes and never from its name."""

import re
from collections.abc import Callable

from encord_provider.sandbox.inspection.facts import Refused

HEAD_BYTES = 4096
"""How much of a file :func:`file_type` wants to see."""

UNKNOWN = "application/octet-stream"
PLAIN_TEXT = "text/plain"

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"II+\x00", "image/tiff"),
    (0, b"MM\x00+", "image/tiff"),
    (0, b"BM", "image/bmp"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"ply\n", "model/ply"),
    (0, b"ply\r\n", "model/ply"),
    (0, b"LASF", "application/vnd.las"),
    (0, b"ASTM-E57", "model/e57"),
    (0, b"\x89MCAP0\r\n", "application/vnd.mcap"),
    (0, b"#ROSBAG V", "application/vnd.ros.bag"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (128, b"DICM", "application/dicom"),
    (344, b"n+1\x00", "application/nifti1"),
    (344, b"ni1\x00", "application/nifti1"),
    (4, b"n+2\x00\r\n\x1a\n", "application/nifti2"),
    (4, b"ni2\x00\r\n\x1a\n", "application/nifti2"),
)

_RIFF_FORMS = {b"WAVE": "audio/x-wav", b"WEBP": "image/webp", b"AVI ": "video/x-msvideo"}

_MEDIA_BRANDS = {
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
}
"""Major brands of ISO media files that are not ``video/mp4``; see https://mp4ra.org/registered-types/brands."""

_QUICKTIME_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip")  # files older than the "ftyp" box

# Fields of an MPEG audio frame's header (ISO/IEC 11172-3, §2.4.1.3). A bit rate or sample rate of all
# ones does not exist; a layer of zero marks an AAC frame.
_MPEG_SYNC = 0xFFE00000
_MPEG_LAYER = 0x00060000
_MPEG_BIT_RATE = 0x0000F000
_MPEG_SAMPLE_RATE = 0x00000C00

_PDF_WITHIN_BYTES = 1024  # PDF 1.7, appendix H.3, note 13
_PCD_HEADER = re.compile(rb"(?:#[^\n]*\n)*VERSION +\.?\d")  # comments, then the first entry of its header
_CONTROL_CHARACTERS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UTF8_LONGEST = 4  # bytes of one character, cut short at the end of the head at worst


def file_type(head: bytes) -> str:
    """Return the MIME type of a file that starts with *head*, :data:`UNKNOWN` if nothing fits.

    Text of any kind is :data:`PLAIN_TEXT`: what it is written in only its name tells.

    """
    judges: tuple[Callable[[bytes], str | None], ...] = (
        _signed,
        _riff,
        _iso_media,
        _ebml,
        _mpeg_audio,
        _document,
    )
    return next((found for judge in judges if (found := judge(head))), UNKNOWN)


def unexpected(wanted: str, found: str) -> Refused:
    """Say in Encord's words that a file is not what it was registered as."""
    return Refused(f"Expected {wanted}, got a file of type {found}")


def _signed(head: bytes) -> str | None:
    return next((mime for at, mark, mime in _SIGNATURES if head[at : at + len(mark)] == mark), None)


def _riff(head: bytes) -> str | None:
    return _RIFF_FORMS.get(head[8:12]) if head[:4] in (b"RIFF", b"RF64") else None


def _iso_media(head: bytes) -> str | None:
    if head[4:8] == b"ftyp":
        return _MEDIA_BRANDS.get(head[8:12], "video/mp4")
    return "video/quicktime" if head[4:8] in _QUICKTIME_BOXES else None


def _ebml(head: bytes) -> str | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    return "video/webm" if b"webm" in head[:64] else "video/x-matroska"


def _mpeg_audio(head: bytes) -> str | None:
    """Recognise the header of an MPEG audio frame, which every frame of a bare MP3 or AAC starts with."""
    header = int.from_bytes(head[:4])
    if header & _MPEG_SYNC != _MPEG_SYNC:
        return None
    if header & _MPEG_LAYER == 0:
        return "audio/aac"
    forbidden = (_MPEG_BIT_RATE, _MPEG_SAMPLE_RATE)
    return None if any(header & field == field for field in forbidden) else "audio/mpeg"


def _document(head: bytes) -> str | None:
    if _PCD_HEADER.match(head):
        return "model/vnd.pcd"
    if b"%PDF-" in head[:_PDF_WITHIN_BYTES]:
        return "application/pdf"
    return PLAIN_TEXT if head and _is_text(head) else None


def _is_text(head: bytes) -> bool:
    if _CONTROL_CHARACTERS.search(head):
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return len(head) == HEAD_BYTES and error.end == len(head) and error.start > len(head) - _UTF8_LONGEST
    return True
