"""A second opinion: FFmpeg's own ffprobe, as people use it, agrees with everything that is supplied."""

import json
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from encord_provider.manifest.media_metadata import AudioMetadata, VideoMetadata
from encord_provider.media.probe import probe
from tests.unit.media.corpus import Case, corpus
from tests.unit.media.held import Held

_TICK = 0.002
"""Seconds: ffprobe prints Matroska's times in milliseconds."""


def shown(case: Case, directory: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what ffprobe says of the first stream, and of every frame after a full decode."""
    path = directory / case.key.rpartition("/")[2]
    path.write_bytes(case.content)
    kind = "v:0" if case.key.startswith("films/") else "a:0"
    command = [
        "ffprobe",
        "-v",
        "error",
        "-select_streams",
        kind,
        "-show_streams",
        "-show_frames",
        "-of",
        "json",
    ]
    done = subprocess.run(
        [*command, str(path)], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    path.unlink()
    found = json.loads(done.stdout)
    return found["streams"][0], found["frames"]


def disagreements(case: Case, said: VideoMetadata | AudioMetadata, directory: Path) -> list[str]:
    stream, frames = shown(case, directory)
    if isinstance(said, AudioMetadata):
        samples = sum(int(frame["nb_samples"]) for frame in frames)
        pairs = {
            "sample rate": (said.sample_rate, int(stream["sample_rate"])),
            "channels": (said.num_channels, int(stream["channels"])),
            "codec": (said.codec, stream["codec_name"]),
            "samples": (round(said.duration * said.sample_rate), samples),
            "bits": (said.bit_depth, int(stream.get("bits_per_raw_sample") or stream["bits_per_sample"])),
        }
    else:
        pairs = {
            "width": (said.width, int(stream["width"])),
            "height": (said.height, int(stream["height"])),
            "frames": (round(said.duration * said.fps), len(frames)),
            "rate": (round(said.fps, 4), round(float(Fraction(stream["r_frame_rate"])), 4)),
            "late": (True, all(_on_time(n, frame, said.fps) for n, frame in enumerate(frames))),
        }
    return [
        f"{name}: {ours}, by ffprobe {theirs}" for name, (ours, theirs) in pairs.items() if ours != theirs
    ]


def _on_time(number: int, frame: dict[str, Any], fps: float) -> bool:
    time = frame.get("pts_time", frame.get("best_effort_timestamp_time"))
    return time is not None and abs(float(time) - number / fps) < _TICK


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ffprobe_agrees_with_every_film_and_sound_that_is_proven(tmp_path: Path) -> None:
    if shutil.which("ffprobe") is None:
        pytest.skip("ffprobe is not installed here: apt-get install ffmpeg")
    proven: dict[str, list[str]] = {}
    for case in corpus():
        said = probe(Held(case.content), case.key, len(case.content), case.kind).supplied
        if isinstance(said, VideoMetadata | AudioMetadata):
            proven[case.key] = disagreements(case, said, tmp_path)

    assert len(proven) > 100
    assert {key: wrong for key, wrong in proven.items() if wrong} == {}
