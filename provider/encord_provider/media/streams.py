"""The streams of a video or audio file, by FFmpeg's libraries."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from encord_provider.media.grades import Broken
from encord_provider.media.index import Index
from encord_provider.media.ranges import BLOCK, RangeReader
from encord_provider.media.room import DECODING

if TYPE_CHECKING:
    from av import AudioStream, Packet, VideoStream
    from av.container import InputContainer

MICROSECONDS = 1_000_000
"""FFmpeg's units a second for the times of a container."""

_OPTIONS = {"probesize": str(2 * BLOCK), "fpsprobesize": "0"}
"""How far FFmpeg looks before it has seen a stream: the frames that it would count are no proof of a rate."""

_BUFFER = BLOCK // 2
"""Bytes that FFmpeg reads at a time: little more is fetched than it needs."""

_INDEXED = "mov"
"""FFmpeg's name for mp4, mov and m4a."""

_OTHERS = "matroska,wav,mp3,flac,ogg,aac,avi,mpeg,mpegts,flv,asf"
"""What else FFmpeg may take a file for: it knows formats that name further files, and would open those."""

_BYTES_AN_ENTRY, _BYTES_A_PIXEL = 128, 3
"""What FFmpeg and we hold of an index and of the first picture, measured: a million entries, films of 4K."""

UNKNOWN_PIXELS = 3840 * 2160
"""What a picture of a film is taken to have where only FFmpeg can tell."""


@contextmanager
def opened(
    reader: RangeReader, index: Index | None, *, pixels: int = 0, ignore_edits: bool = False
) -> Iterator["InputContainer"]:
    """Open a file for demuxing and decoding, when there is room.

    Args:
        reader: The file.
        index: That of an mp4, mov or m4a. Such a file is never opened without, as FFmpeg would make room for whatever
            it says that it holds.
        pixels: What a picture has, where there is no index to tell.
        ignore_edits: Edit lists are left aside.

    Raises:
        Broken: On entry and while in use, when FFmpeg finds the file damaged.
        OverBudget: The file costs more than it may.

    """
    import av

    pixels, entries = (index.pixels, index.entries) if index else (pixels, 0)
    taken = _BYTES_A_PIXEL * pixels + _BYTES_AN_ENTRY * entries
    options = {**_OPTIONS, "format_whitelist": _INDEXED if index else _OTHERS}
    if reader.budget:
        options["max_pixels"] = str(reader.budget.pixels)
    if ignore_edits:
        options["ignore_editlist"] = "1"
    reader.seek(0)
    try:
        with (
            DECODING.taken(taken),
            av.open(
                reader, mode="r", metadata_errors="replace", options=options, buffer_size=_BUFFER
            ) as container,
        ):
            yield container
    except av.ArgumentError as error:
        raise Broken("it is no media file, or has lost its index") from error
    except av.FFmpegError as error:
        raise Broken(f"it is damaged or no media file: {error.strerror}") from error


def films(container: "InputContainer") -> list["VideoStream"]:
    """Return the streams that show a film; cover art is none."""
    from av.stream import Disposition

    return [
        stream
        for stream in container.streams.video
        if has_decoder(stream) and not stream.disposition & Disposition.attached_pic
    ]


def has_decoder(stream: "AudioStream | VideoStream") -> bool:
    """Tell whether FFmpeg knows what the stream is written in."""
    return stream.codec_context is not None


def packets(container: "InputContainer", stream: "VideoStream | AudioStream") -> Iterator["Packet[Any]"]:
    """Yield the packets of one stream, in the order of the file."""
    from av.stream import Discard

    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    for packet in container.demux(stream):
        if packet.size:
            yield packet
