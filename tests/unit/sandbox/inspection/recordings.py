"""Videos and sounds in the formats that Encord takes, and some that it does not, made by FFmpeg's libraries."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np

WIDTH, HEIGHT, FRAMES, RATE = 64, 48, 12, 24
SAMPLE_RATE = 44_100


@cache
def video(container: str = "mp4", codec: str = "libx264", movflags: str = "") -> bytes:
    """Film half a second of noise: 12 frames of 64 by 48 pixels, 24 a second."""
    options = {"movflags": movflags} if movflags else {}
    with (
        TemporaryDirectory() as directory
    ):  # moving the index to the front needs a file that can be read back
        path = Path(directory) / "film"
        with av.open(path, "w", format=container, options=options) as film:
            stream = film.add_stream(codec, rate=RATE)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            for number in range(FRAMES):
                noise = np.random.default_rng(number).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
                film.mux(stream.encode(av.VideoFrame.from_ndarray(noise, format="rgb24")))
            film.mux(stream.encode())
        return path.read_bytes()


@cache
def sound(container: str = "wav", codec: str = "pcm_s16le", seconds: int = 1) -> bytes:
    """Record a tone of 440 Hz in stereo, 44.1 kHz."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "sound"
        with av.open(path, "w", format=container) as record:
            stream = record.add_stream(codec, rate=SAMPLE_RATE, layout="stereo")
            assert isinstance(stream, av.AudioStream)
            moments = np.arange(SAMPLE_RATE * seconds) / SAMPLE_RATE
            tone = (np.sin(2 * np.pi * 440 * moments) * 8000).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(np.repeat(tone, 2)[None, :], format="s16", layout="stereo")
            frame.sample_rate = SAMPLE_RATE
            record.mux(stream.encode(frame))
            record.mux(stream.encode())
        return path.read_bytes()
