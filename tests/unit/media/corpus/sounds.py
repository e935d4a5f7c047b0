"""Sounds, encoded and muxed by PyAV."""

import tempfile
import wave
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, cast

import av
import numpy as np

from encord_provider.manifest.kinds import Kind
from tests.unit.media.corpus.case import Case
from tests.unit.media.corpus.films import Film

_FORMATS = {"mp3": "mp3", "wav": "wav", "flac": "flac", "m4a": "ipod", "mp4": "mp4", "ogg": "ogg"}


def sound(
    ending: str,
    codec: str,
    rate: int = 16_000,
    samples: int = 24_000,
    *,
    channels: int = 1,
    options: dict[str, str] | None = None,
) -> bytes:
    """Record a noisy tone of *samples* samples."""
    layout = {1: "mono", 2: "stereo"}[channels]
    tone = np.sin(np.arange(samples) / 9) * 0.5 + np.random.default_rng(1).normal(0, 0.01, samples)
    samples_of_all = np.tile((tone * 32_000).astype(np.int16), (channels, 1))
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / f"sound.{ending}"
        with av.open(path, "w", format=_FORMATS[ending]) as container:
            stream = cast("av.AudioStream", container.add_stream(codec, rate=rate, options=options or {}))
            stream.layout = layout
            context: Any = stream.codec_context
            context.open()
            frame = av.AudioFrame.from_ndarray(samples_of_all, format="s16p", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
            resampler = av.AudioResampler(context.format, layout, rate, context.frame_size or 1024)
            for part in [*resampler.resample(frame), *resampler.resample(None)]:
                container.mux(stream.encode(part))
            container.mux([packet for packet in stream.encode() if packet.size])
        return path.read_bytes()


def flac(rate: int, channels: int, samples: int = 24_000) -> bytes:
    """Record a FLAC file that says how long it is."""
    return counted(sound("flac", "flac", rate, samples, channels=channels), samples)


def counted(content: bytes, samples: int) -> bytes:
    """Write into a FLAC file's header how many samples it has (RFC 9639, §8.2); FFmpeg leaves that open."""
    start = content.index(b"fLaC") + 4 + 4 + 10
    field = int.from_bytes(content[start : start + 8]) >> 36 << 36 | samples
    return content[:start] + field.to_bytes(8) + content[start + 8 :]


def recording(seconds: float, rate: int, bits: int, channels: int) -> bytes:
    """Record silence as a plain wav."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "recording.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(channels)
            file.setsampwidth(bits // 8)
            file.setframerate(rate)
            file.writeframes(bytes(int(seconds * rate) * channels * bits // 8))
        return path.read_bytes()


@cache
def sounds() -> tuple[Case, ...]:
    """Return the sounds, good ones and bad ones."""
    return tuple(Case(f"sounds/{name}", Kind.AUDIO, content) for name, content in _all())


def _all() -> Iterator[tuple[str, bytes]]:
    for bits in (8, 16, 24, 32):
        for rate in (8_000, 44_100, 48_000):
            for channels in (1, 2):
                yield f"plain-{bits}-{rate}-{channels}.wav", recording(0.51, rate, bits, channels)
    for rate in (16_000, 44_100):
        for channels in (1, 2):
            yield f"flac-{rate}-{channels}.flac", flac(rate, channels)
            yield f"flac-uncounted-{rate}-{channels}.flac", sound("flac", "flac", rate, channels=channels)
            yield f"alac-{rate}-{channels}.m4a", sound("m4a", "alac", rate, channels=channels)
            yield f"aac-{rate}-{channels}.m4a", sound("m4a", "aac", rate, channels=channels)
            yield f"constant-{rate}-{channels}.mp3", sound("mp3", "libmp3lame", rate, channels=channels)
            variable = {"q": "4", "global_quality": "472", "flags": "+qscale"}
            yield (
                f"variable-{rate}-{channels}.mp3",
                sound("mp3", "libmp3lame", rate, 48_000, channels=channels, options=variable),
            )
    yield "opus.ogg", sound("ogg", "libopus", 48_000)
    yield "flac.ogg", sound("ogg", "flac")
    yield "float.wav", sound("wav", "pcm_f32le")
    yield "law.wav", sound("wav", "pcm_mulaw", 8_000)
    yield "alac-in.mp4", sound("mp4", "alac")
    yield "alac-named-mp4.m4a", sound("mp4", "alac")
    yield "flac-large.flac", flac(48_000, 2, 600_000)
    yield "flac-too-many.flac", counted(sound("flac", "flac"), 25_000)
    yield "flac-too-few.flac", counted(sound("flac", "flac"), 23_000)
    yield "flac-large-cut.flac", flac(48_000, 2, 600_000)[:-50_000]
    yield from _damaged()


def _damaged() -> Iterator[tuple[str, bytes]]:
    for name, content in {
        "plain.wav": recording(0.5, 8_000, 16, 1),
        "free.flac": flac(16_000, 1),
        "apple.m4a": sound("m4a", "alac"),
        "lossy.mp3": sound("mp3", "libmp3lame"),
        "free.ogg": sound("ogg", "flac"),
    }.items():
        for percent in (20, 60, 95):
            yield f"cut-{percent}-{name}", content[: len(content) * percent // 100]
    yield "no-header.mp3", sound("mp3", "libmp3lame")[1000:]
    yield "film.m4a", Film(sound=0.5).encoded()
    yield "named-mp3.mp3", recording(0.5, 8_000, 16, 1)
    yield "named-flac.flac", sound("ogg", "flac")
    yield "zeros.wav", bytes(3000)
    header = bytearray(recording(0.5, 8_000, 16, 1))
    header[40:44] = (0xFFFFFFFF).to_bytes(4, "little")
    yield "unknown-length.wav", bytes(header)
    header[40:44] = (100_000_000).to_bytes(4, "little")
    yield "giant-length.wav", bytes(header)
