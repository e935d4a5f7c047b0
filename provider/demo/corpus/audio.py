"""Audio: two seconds of an engine, in four formats."""

import io
from functools import partial
from typing import cast

import av
import numpy as np

from demo.corpus.model import Unit, source

_RATE_HZ = 44_100
_SECONDS = 2


def encode(container: str, codec: str, sample_format: str, pitch_hz: float) -> bytes:
    """Encode the sound of an engine.

    Args:
        container: FFmpeg's name of the container.
        codec: FFmpeg's name of the encoder.
        sample_format: FFmpeg's name of what the encoder takes: ``s16``, ``fltp``, ...
        pitch_hz: The engine's lowest tone.

    """
    out = io.BytesIO()
    with av.open(out, "w", format=container, options={"fflags": "+bitexact"}) as file:
        stream = cast("av.AudioStream", file.add_stream(codec, rate=_RATE_HZ))
        stream.codec_context.layout = "mono"
        stream.codec_context.format = sample_format
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        sound = av.AudioFrame.from_ndarray(_engine(pitch_hz), format="s16", layout="mono")
        sound.sample_rate = _RATE_HZ
        resampler = av.AudioResampler(format=sample_format, layout="mono", rate=_RATE_HZ)
        for frame in (*resampler.resample(sound), *resampler.resample(None)):
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return out.getvalue()


def _engine(pitch_hz: float) -> "np.ndarray[tuple[int, int], np.dtype[np.int16]]":
    """Return mono samples, shape (1, samples): a tone, three overtones, and a slow swell."""
    time = np.arange(_RATE_HZ * _SECONDS) / _RATE_HZ
    tone = sum(np.sin(2 * np.pi * pitch_hz * n * time) / n for n in range(1, 5))
    swell = 0.7 + 0.3 * np.sin(2 * np.pi * 0.8 * time)
    return (tone * swell * 9_000).astype(np.int16).reshape(1, -1)


def _audio(name: str, container: str, codec: str, sample_format: str, pitch_hz: float) -> Unit:
    make = partial(encode, container, codec, sample_format, pitch_hz)
    return Unit("audio", (source(f"audio/{name}", make),))


UNITS = (
    _audio("engine.wav", "wav", "pcm_s16le", "s16", 82.4),
    _audio("engine.mp3", "mp3", "libmp3lame", "s16p", 98.0),
    _audio("engine.flac", "flac", "flac", "s16", 110.0),
    _audio("engine.m4a", "ipod", "aac", "fltp", 123.5),
)
