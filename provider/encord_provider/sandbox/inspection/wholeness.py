"""Whether a media file is all there: containers state their sizes, so truncated ones give themselves away."""

from collections.abc import Callable, Iterator

from encord_provider.sandbox.inspection.facts import Refused

_EBML_SEGMENT = 0x18538067  # RFC 8794, RFC 9559
_RIFF_UNKNOWN = (0, 0xFFFFFFFF)  # written by encoders that could not seek back


def require_whole(data: bytes, mime_type: str) -> None:
    """Check that the outermost containers of *data* end where the file does, or before.

    Formats that do not state their size, such as MP3, always pass.

    Raises:
        Refused: Bytes are missing at the end.

    """
    check = _CHECKS.get(mime_type)
    if check:
        check(data)


def _iso_media(data: bytes) -> None:
    """Walk the boxes of ISO/IEC 14496-12, §4.2."""
    kinds = set()
    for kind, end in _boxes(data):
        kinds.add(kind)
        _require_end("The file is truncated", kind.decode("latin-1"), end, len(data))
    if b"moov" not in kinds:
        raise Refused("The file is truncated: it has no 'moov' box")


def _boxes(data: bytes) -> Iterator[tuple[bytes, int]]:
    at = 0
    while at < len(data):
        size, kind, header = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8], 8
        if size == 1:
            size, header = int.from_bytes(data[at + 8 : at + 16]), 16
        elif size == 0:
            size = len(data) - at
        if size < header:
            raise Refused(f"The file is damaged: the box at byte {at} has no valid size")
        yield kind, at + size
        at += size


def _riff(data: bytes) -> None:
    at = 12
    while at + 8 <= len(data):
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if kind == b"data":
            if size not in _RIFF_UNKNOWN:
                _require_end("The file is truncated", "data", at + 8 + size, len(data))
            return
        at += 8 + size + size % 2
    raise Refused("The file is truncated: it has no 'data' chunk")


def _matroska(data: bytes) -> None:
    at = 0
    while at < len(data):
        identifier, at = _ebml_number(data, at, keep_marker=True)
        start = at
        size, at = _ebml_number(data, at, keep_marker=False)
        unknown = size == (1 << 7 * (at - start)) - 1
        if identifier == _EBML_SEGMENT:
            if not unknown:
                _require_end("The file is truncated", "Segment", at + size, len(data))
            return
        at += size
    raise Refused("The file is truncated: it has no segment")


def _ebml_number(data: bytes, at: int, *, keep_marker: bool) -> tuple[int, int]:
    """Return the variable-length integer of RFC 8794, §4, at *at*, and where it ends."""
    if at >= len(data) or data[at] == 0:
        raise Refused("The file is damaged: it is no valid EBML document")
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + length])
    return value if keep_marker else value & ((1 << 7 * length) - 1), at + length


def _require_end(fault: str, part: str, end: int, file_size: int) -> None:
    if end > file_size:
        raise Refused(f"{fault}: '{part}' should end at byte {end}, the file ends at byte {file_size}")


_CHECKS: dict[str, Callable[[bytes], None]] = {
    "video/mp4": _iso_media,
    "video/quicktime": _iso_media,
    "audio/mp4": _iso_media,
    "video/webm": _matroska,
    "video/x-matroska": _matroska,
    "audio/x-wav": _riff,
}
