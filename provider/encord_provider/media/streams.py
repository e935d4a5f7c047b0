"""The streams of a video or audio file, by FFmpeg's libraries."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from encord_provider.media.grades import Broken
from encord_provider.media.ranges import BLOCK, RangeReader

if TYPE_CHECKING:
    from av import AudioStream, Packet, VideoStream
    from av.container import InputContainer

MICROSECONDS = 1_000_000
"""FFmpeg's units a second for the times of a container."""

_OPTIONS = {"probesize": str(2 * BLOCK), "fpsprobesize": "0"}
"""How far FFmpeg looks before it has seen a stream: the frames that it would count are no proof of a rate."""

_BUFFER = 1024 * 1024
"""Bytes that FFmpeg reads at a time where they cost nothing; else it reads half a block, so that little is fetched."""

_INDEXED = "mov"
"""FFmpeg's name for mp4, mov and m4a: the times of all their packets stand in one index."""


@contextmanager
def opened(reader: RangeReader, *, ignore_edits: bool = False) -> Iterator["InputContainer"]:
    """Open a file for demuxing and decoding.

    Raises:
        Broken: On entry and while in use, when FFmpeg finds the file damaged.
        OverBudget: The file costs more than it may.

    """
    import av

    reader.seek(0)
    edits = {"ignore_editlist": "1"} if ignore_edits else {}
    try:
        with av.open(
            reader,
            mode="r",
            metadata_errors="replace",
            options={**_OPTIONS, **edits},
            buffer_size=_BUFFER if reader.is_hollow else BLOCK // 2,
        ) as container:
            yield container
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


def is_indexed(container: "InputContainer") -> bool:
    """Tell whether the times of all packets stand in one index."""
    return _INDEXED in container.format.name.split(",")


def packets(container: "InputContainer", stream: "VideoStream | AudioStream") -> Iterator["Packet[Any]"]:
    """Yield the packets of one stream, in the order of the file."""
    from av.stream import Discard

    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    for packet in container.demux(stream):
        if packet.size:
            yield packet
