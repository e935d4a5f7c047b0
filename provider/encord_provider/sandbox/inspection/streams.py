"""The streams of a video or audio file, read by FFmpeg's libraries."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import av
from av.container import InputContainer

from encord_provider.sandbox.inspection.facts import Refused


@contextmanager
def opened(data: bytes) -> Iterator[InputContainer]:
    """Open a file for demuxing and decoding.

    Raises:
        Refused: On entry and while in use, when FFmpeg finds the file damaged.

    """
    try:
        with av.open(io.BytesIO(data), mode="r", metadata_errors="replace") as container:
            yield container
    except av.EOFError as error:
        raise Refused("The file is truncated: it ends within its first frame") from error
    except av.FFmpegError as error:
        raise Refused(f"The file is damaged: {error.strerror}") from error


def seconds(container: InputContainer, stream: av.VideoStream | av.AudioStream) -> float:
    """Return how long *stream* lasts, or the whole file where the stream does not tell.

    Raises:
        Refused: Neither tells.

    """
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration:
        return container.duration / av.time_base
    raise Refused("The file is damaged: it has no duration")
