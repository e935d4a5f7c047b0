"""Films, encoded and muxed by PyAV; what no muxer writes is patched in afterwards."""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, cast

import av
import numpy as np

from encord_provider.manifest.kinds import Kind
from tests import media
from tests.unit.media.corpus.case import Case

CINEMA, NTSC, NTSC_60 = Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)
RATES = (*map(Fraction, (1, 10, 15, 24, 25, 30, 50, 60)), CINEMA, NTSC, NTSC_60)

os.environ.setdefault("SVT_LOG", "1")  # its AV1 encoder would print a page for each film

_FORMATS = {"mp4": "mp4", "mov": "mov", "mkv": "matroska", "webm": "webm"}
_QUIET = {"x265-params": "log-level=none:pools=1:frame-threads=1"}
_FAST = {
    "libx264": {"preset": "ultrafast", "bf": "0"},
    "libx265": {"preset": "ultrafast", **_QUIET},
    "libsvtav1": {"preset": "13"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}
_PIXELS = {"mjpeg": "yuvj420p", "prores_ks": "yuv422p10le"}


@dataclass(frozen=True)
class Film:
    """How a film is made; every field has a plain default."""

    container: str = "mp4"
    codec: str = "libx264"
    rate: Fraction = Fraction(30)
    frames: int = 24
    size: tuple[int, int] = (64, 48)
    pixels: str = ""
    options: dict[str, str] = field(default_factory=dict)
    muxer: dict[str, str] = field(default_factory=dict)
    times: Sequence[int] | None = None
    """When each frame is shown, in frames of *rate*; None for one after the other."""

    rotation: int = 0
    aspect: Fraction | None = None
    sound: float = 0
    """Seconds of sound beside it."""

    cover: bool = False
    shift: int = 0
    """By how many frames all packets are moved in time."""

    def encoded(self) -> bytes:
        """Encode it."""
        with tempfile.TemporaryDirectory() as directory, _ordinary_scheduling():
            path = Path(directory) / f"film.{self.container}"
            with av.open(path, "w", format=_FORMATS[self.container], options=self.muxer) as container:
                self._write(container)
            return path.read_bytes()

    def _write(self, container: av.container.OutputContainer) -> None:
        options = {**_FAST.get(self.codec, {}), "threads": "1", **self.options}
        stream = cast("av.VideoStream", container.add_stream(self.codec, rate=self.rate, options=options))
        stream.width, stream.height = self.size
        stream.pix_fmt = self.pixels or _PIXELS.get(self.codec, "yuv420p")
        if self.aspect:
            stream.codec_context.sample_aspect_ratio = self.aspect
        if self.rotation:
            stream.set_display_rotation(self.rotation)
        sound = container.add_stream("aac", rate=8000) if self.sound else None
        if sound:
            self._hum(container, sound)
        for number in range(self.frames):
            frame = av.VideoFrame.from_ndarray(self._picture(number), format="rgb24")
            frame.pts = self.times[number] if self.times else number
            frame.time_base = 1 / self.rate
            self._mux(container, stream.encode(frame))
        self._mux(container, stream.encode())

    def _mux(self, container: Any, packets: list[Any]) -> None:  # noqa: ANN401 - av's own
        for packet in packets:
            if self.shift:
                moved = int(self.shift / self.rate / packet.time_base)
                packet.pts, packet.dts = packet.pts + moved, packet.dts + moved
            container.mux(packet)

    def _hum(self, container: av.container.OutputContainer, stream: av.AudioStream) -> None:
        samples = int(self.sound * 8000)
        for start in range(0, samples, 1024):
            wave = np.zeros((1, min(1024, samples - start)), dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 8000, start, Fraction(1, 8000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())

    def _picture(self, number: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
        width, height = self.size
        return np.full((height, width, 3), number * 255 // self.frames, dtype=np.uint8)


@contextmanager
def _ordinary_scheduling() -> Iterator[None]:
    """Undo what SVT-AV1 does to the calling thread of a privileged user: real-time scheduling, ahead of everybody."""
    if sys.platform != "linux":
        yield
        return
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    yield
    os.sched_setscheduler(0, *before)


def patched(content: bytes, box: bytes, at: int, value: bytes) -> bytes:
    """Overwrite bytes of the first *box* of an mp4, *at* bytes after its name."""
    start = content.index(box, content.index(b"moov")) + len(box) + at
    return content[:start] + value + content[start + len(value) :]


def with_edits(content: bytes, *edits: tuple[int, int, int]) -> bytes:
    """Replace the edit list of an mp4 whose index comes last: (duration, media time, rate) of each edit."""
    at = content.index(b"elst") - 4
    old = int.from_bytes(content[at : at + 4])
    rows = b"".join(d.to_bytes(4) + t.to_bytes(4, signed=True) + r.to_bytes(4) for d, t, r in edits)
    new = (16 + len(rows)).to_bytes(4) + b"elst" + bytes(4) + len(edits).to_bytes(4) + rows
    grown = len(new) - old
    content = content[:at] + new + content[at + old :]
    for box in (b"moov", b"trak", b"edts"):
        start = content.index(box) - 4
        size = int.from_bytes(content[start : start + 4]) + grown
        content = content[:start] + size.to_bytes(4) + content[start + 4 :]
    return content


ONE = 0x10000
"""The rate of an edit that plays at normal speed."""


@cache
def films() -> tuple[Case, ...]:
    """Return the films, good ones and bad ones."""
    return tuple(Case(f"films/{name}", Kind.VIDEO, content) for name, content in _all())


def _all() -> Iterator[tuple[str, bytes]]:
    yield from _rates()
    yield from _codecs()
    yield from _times()
    yield from _edit_lists()
    yield from _shapes()
    yield from _damaged()
    yield from _lying()


def _name(rate: Fraction) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")


def _rates() -> Iterator[tuple[str, bytes]]:
    for container in ("mp4", "mov", "mkv"):
        for rate in RATES:
            yield f"rate-{_name(rate)}.{container}", Film(container, rate=rate).encoded()
    for rate in (CINEMA, NTSC, Fraction(25)):
        yield f"rate-{_name(rate)}.webm", Film("webm", "libvpx-vp9", rate).encoded()


def _codecs() -> Iterator[tuple[str, bytes]]:
    for codec, containers in {
        "libx265": ("mp4", "mov", "mkv"),
        "libsvtav1": ("mp4", "webm", "mkv"),
        "libvpx-vp9": ("mp4", "mkv"),
        "libvpx": ("webm", "mkv"),
        "mpeg4": ("mp4", "mov"),
        "mjpeg": ("mov", "mkv"),
        "prores_ks": ("mov",),
    }.items():
        for container in containers:
            yield f"codec-{codec}.{container}", Film(container, codec).encoded()
    for b_frames in (1, 2, 3):
        for container in ("mp4", "mov", "mkv"):
            options = {"preset": "veryfast", "bf": str(b_frames), "b_strategy": "0"}
            yield f"b-frames-{b_frames}.{container}", Film(container, options=options).encoded()
    yield (
        "open-gop.mp4",
        Film(options={"preset": "veryfast", "bf": "2", "x264-params": "open-gop=1:keyint=6"}).encoded(),
    )
    yield "index-first.mp4", Film(muxer={"movflags": "faststart"}).encoded()
    yield "index-first.mov", Film("mov", muxer={"movflags": "faststart"}).encoded()
    yield "fragments.mp4", Film(muxer={"movflags": "frag_keyframe+empty_moov"}).encoded()
    yield (
        "fragments-by-default-base.mp4",
        Film(muxer={"movflags": "frag_keyframe+default_base_moof"}).encoded(),
    )
    yield "one-frame.mp4", Film(frames=1).encoded()
    yield "two-frames.mkv", Film("mkv", frames=2).encoded()


def _times() -> Iterator[tuple[str, bytes]]:
    steps: dict[str, list[int]] = {
        "drop": [n + (n > 10) for n in range(24)],
        "doubled": [n if n < 12 else 2 * n - 12 for n in range(24)],
        "jitter": [3 * n + n % 2 for n in range(24)],
        "long-last": [*range(23), 40],
        "late-start": [n + 10 for n in range(24)],
    }
    for name, times in steps.items():
        for container in ("mp4", "mov", "mkv", "webm"):
            codec = "libvpx-vp9" if container == "webm" else "libx264"
            yield f"times-{name}.{container}", Film(container, codec, times=times).encoded()
    yield (
        "times-b-frames-drop.mp4",
        Film(times=steps["drop"], options={"preset": "veryfast", "bf": "2", "b_strategy": "0"}).encoded(),
    )


def _edit_lists() -> Iterator[tuple[str, bytes]]:
    b_frames = {"preset": "veryfast", "bf": "2", "b_strategy": "0"}
    plain = Film(frames=30).encoded()  # movie time scale 1000, media time scale 15360, 512 a frame
    reordered = Film(frames=30, options=b_frames).encoded()
    yield "edits-plain.mp4", with_edits(plain, (1000, 0, ONE))
    yield "edits-start-cut.mp4", with_edits(plain, (833, 5 * 512, ONE))
    yield "edits-start-cut-half-a-frame.mp4", with_edits(plain, (983, 256, ONE))
    yield "edits-end-cut.mp4", with_edits(plain, (500, 0, ONE))
    yield "edits-pause-first.mp4", with_edits(plain, (500, -1, ONE), (1000, 0, ONE))
    yield "edits-twice.mp4", with_edits(plain, (1000, 0, ONE), (1000, 0, ONE))
    yield "edits-swapped.mp4", with_edits(plain, (500, 15 * 512, ONE), (500, 0, ONE))
    yield "edits-middle-out.mp4", with_edits(plain, (333, 0, ONE), (333, 20 * 512, ONE))
    yield "edits-fast.mp4", with_edits(plain, (500, 0, 2 * ONE))
    yield "edits-slow.mp4", with_edits(plain, (2000, 0, ONE // 2))
    yield "edits-fast-and-lying.mp4", with_edits(plain, (1000, 0, 2 * ONE))
    yield "edits-b-frames-late.mp4", with_edits(reordered, (1000, 0, ONE))
    yield "edits-b-frames-early.mp4", with_edits(reordered, (900, 5 * 512, ONE))
    yield "edits-none.mp4", Film(muxer={"use_editlist": "0"}, options=b_frames).encoded()
    yield "edits-negative.mp4", Film(shift=-5, muxer={"avoid_negative_ts": "disabled"}).encoded()
    yield "edits-later.mp4", Film(shift=30).encoded()
    yield "edits-later.mkv", Film("mkv", shift=30).encoded()


def _shapes() -> Iterator[tuple[str, bytes]]:
    for rotation in (90, 180, 270):
        yield f"rotation-{rotation}.mp4", Film(rotation=rotation).encoded()
        yield f"rotation-{rotation}.mov", Film("mov", rotation=rotation).encoded()
    for aspect in (Fraction(4, 3), Fraction(8, 9)):
        for container in ("mp4", "mov", "mkv"):
            yield (
                f"aspect-{aspect.numerator}-{aspect.denominator}.{container}",
                Film(container, aspect=aspect).encoded(),
            )
    for size in ((65, 47), (33, 31), (126, 2)):
        for codec, container in (("libvpx-vp9", "webm"), ("libvpx-vp9", "mp4"), ("mjpeg", "mov")):
            yield f"size-{size[0]}x{size[1]}.{container}", Film(container, codec, size=size).encoded()
    yield "size-65x47-h264.mp4", Film(size=(65, 47), pixels="yuv444p").encoded()
    yield "size-1080-cropped.mp4", Film(size=(64, 54), frames=6).encoded()
    yield "interlaced.mp4", Film(options={"x264-params": "interlaced=1"}).encoded()
    for container in ("mp4", "mov", "mkv"):
        yield f"sound.{container}", Film(container, frames=32, rate=Fraction(25), sound=1.28).encoded()
        yield f"sound-longer.{container}", Film(container, sound=2.5).encoded()
        yield f"sound-shorter.{container}", Film(container, sound=0.3).encoded()


def _damaged() -> Iterator[tuple[str, bytes]]:
    last, first = Film().encoded(), Film(muxer={"movflags": "faststart"}).encoded()
    matroska = Film("mkv", muxer={"cluster_time_limit": "200"}).encoded()
    for percent in (10, 50, 90, 99):
        for name, content in (
            ("index-last.mp4", last),
            ("index-first.mp4", first),
            ("clusters.mkv", matroska),
        ):
            yield f"cut-{percent}-{name}", content[: len(content) * percent // 100]
    yield "cut-last-byte.mp4", first[:-1]
    pictures = first.index(b"mdat") + 4
    yield "zeros-inside.mp4", first[:pictures] + bytes(len(first) - pictures)
    yield "noise.mp4", bytes(np.random.default_rng(0).integers(0, 256, 5000, dtype=np.uint8))


def _lying() -> Iterator[tuple[str, bytes]]:
    content = Film().encoded()
    yield "lying-width.mp4", patched(content, b"avc1", 24, (640).to_bytes(2))
    yield "lying-media-duration.mp4", patched(content, b"mdhd", 16, (99_000).to_bytes(4))
    yield "lying-movie-duration.mp4", patched(content, b"mvhd", 16, (99_000).to_bytes(4))
    yield "lying-track-duration.mp4", patched(content, b"tkhd", 20, (99_000).to_bytes(4))
    yield "lying-step.mp4", patched(content, b"stts", 12, (1024).to_bytes(4))
    yield "lying-scale.mp4", patched(content, b"mdhd", 12, (30720).to_bytes(4))
    yield "lying-frames.mp4", patched(content, b"stts", 8, (12).to_bytes(4))
    yield "lying-more-frames.mp4", patched(content, b"stts", 8, (48).to_bytes(4))
    yield "sound.mp4.mov", b"RIFF" + content[4:]
    yield "picture.mp4", media.image()
    yield "document.mp4", media.pdf()
    yield "named-mov.mov", content
    yield "named-mp4.mp4", Film("mov").encoded()
    yield "named-mp4-is-mkv.mp4", Film("mkv").encoded()
    yield "named-webm-is-mkv.webm", Film("mkv").encoded()
    yield "named-mkv-is-webm.mkv", Film("webm", "libvpx-vp9").encoded()
