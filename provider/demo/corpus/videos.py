"""Videos: one of each container, drives of two seconds."""

import io
from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import cast

import av

from demo.corpus.model import Unit, shot, source
from demo.corpus.road import DAY, DUSK, NIGHT, RAIN, View, draw_road

_FRAMES_PER_SECOND = 15
_FRAMES = 30
_SIZE = (480, 270)


def encode(container: str, codec: str, view: View) -> bytes:
    """Draw and encode one drive.

    Args:
        container: FFmpeg's name of the container: ``mp4``, ``webm``, ...
        codec: FFmpeg's name of the encoder: ``libx264``, ...
        view: What the camera sees.

    """
    out = io.BytesIO()
    # bitexact: without it some containers hold the time and a random number.
    with av.open(out, "w", format=container, options={"fflags": "+bitexact"}) as file:
        rate = Fraction(_FRAMES_PER_SECOND)
        stream = cast("av.VideoStream", file.add_stream(codec, rate=rate, options={"threads": "1"}))
        stream.width, stream.height = _SIZE
        stream.pix_fmt = "yuv420p"
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        for number in range(_FRAMES):
            picture = draw_road(view, number / _FRAMES_PER_SECOND, _SIZE)
            frame = av.VideoFrame.from_image(picture)  # type: ignore[no-untyped-call] # av types its C parts only
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return out.getvalue()


def _video(name: str, container: str, codec: str, view: View, about: Mapping[str, str] | None = None) -> Unit:
    return Unit("video", (source(f"videos/{name}", partial(encode, container, codec, view)),), about or {})


UNITS = (
    _video("front.mp4", "mp4", "libx264", DAY, shot("Ghent", "clear", "09:00", reviewed=True)),
    _video("rear.mov", "mov", "libx264", DUSK, shot("Ghent", "clear", "16:40")),
    _video("left.webm", "webm", "libvpx-vp9", NIGHT, shot("Malmö", "fog", "21:15")),
    _video("roof.mkv", "matroska", "libx264", RAIN, shot("Malmö", "rain", "11:05")),
    _video("night drive 7.mp4", "mp4", "libx264", NIGHT, shot("Turin", "clear", "22:30", reviewed=True)),
    _video("front at dusk.mp4", "mp4", "libx264", DUSK),
)


def truncated() -> bytes:
    """Return the first two thirds of an mp4: its index, which stands at the end, is lost."""
    whole = encode("mp4", "libx264", DAY)
    return whole[: len(whole) * 2 // 3]
