"""What a file's name says it is, and what its first bytes say."""

from typing import Final

from encord_provider.manifest.kinds import Kind, kind_of
from encord_provider.media.grades import Broken
from encord_provider.media.ranges import RangeReader

HEAD_BYTES = 8192
"""What the library ``filetype`` looks at."""

NAMED: Final = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".mkv": "video/x-matroska",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".mp3": "audio/mpeg",
    ".wav": "audio/x-wav",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".pdf": "application/pdf",
    ".dcm": "application/dicom",
    ".dicom": "application/dicom",
    ".nii": "application/x-nifti",
    ".gz": "application/gzip",
}
"""Endings to MIME types; those of "Supported data" (docs.encord.com), and for others the registered ones."""

_SAME: Final = {"audio/x-flac": "audio/flac", "audio/wav": "audio/x-wav", "application/ogg": "audio/ogg"}


def file_type(reader: RangeReader) -> str | None:
    """Return the MIME type that a file's first bytes stand for; None when they stand for none that is known."""
    import filetype

    reader.seek(0)
    found = filetype.guess_mime(reader.read(HEAD_BYTES))
    reader.seek(0)
    return _SAME.get(found, found) if found else None


def mismatch(kind: Kind, key: str, found: str | None) -> str | None:
    """Return how a file's name and its bytes contradict each other; None where they do not."""
    named = NAMED.get(ending(key), ending(key))
    if found is None or found == named or kind_of("", found) is kind is Kind.TEXT:
        return None
    return f"its name says {named}, its bytes are {found}"


def require_streams(kind: Kind, key: str, found: str | None) -> None:
    """Check that a film or sound is not something else of which FFmpeg would make one frame, such as a picture.

    Raises:
        Broken: It is.

    """
    if found and kind_of("", found) not in (Kind.VIDEO, Kind.AUDIO):
        raise Broken(mismatch(kind, key, found) or f"its bytes are {found}")


def doubts_of_name(key: str, found: str) -> tuple[str, ...]:
    """Return a doubt where name and bytes are of one kind, and of two formats."""
    named = NAMED.get(ending(key))
    return (f"its name says {named}, its bytes are {found}",) if named and named != found else ()


def ending(key: str) -> str:
    """Return the last ending of a key, lower case, with its dot."""
    name = key.rpartition("/")[2]
    return "." + name.rpartition(".")[2].lower() if "." in name else name
