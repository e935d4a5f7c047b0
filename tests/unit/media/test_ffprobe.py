"""A second opinion: FFmpeg's own ffprobe, as people use it, agrees with everything that is supplied."""

import json
import shutil
import subprocess
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.media_metadata import AudioMetadata, VideoMetadata
from encord_provider.media.grades import Grade, Probe
from encord_provider.media.probe import probe
from tests.unit.media.corpus import Case, corpus
from tests.unit.media.held import Held
from tests.unit.media.test_corpus import GRADES

OVERLOOKED = {
    "films/picture.mp4",
    "films/document.mp4",
    "sounds/film.m4a",
    "sounds/flac-too-many.flac",
}
"""What ffprobe takes for a film or sound: it does not ask what the name says, nor how many samples a header states."""

_TICK = 0.002
"""Seconds: ffprobe prints Matroska's times in milliseconds."""


def ffprobe(case: Case, directory: Path) -> subprocess.CompletedProcess[bytes]:
    """Have ffprobe decode the first stream of a file's kind, and tell of it and of every frame."""
    path = directory / case.key.rpartition("/")[2]
    path.write_bytes(case.content)
    kind = "v:0" if case.kind is Kind.VIDEO else "a:0"
    command = ["ffprobe", "-v", "error", "-select_streams", kind, "-show_streams", "-show_frames"]
    done = subprocess.run([*command, "-of", "json", str(path)], check=False, capture_output=True)
    path.unlink()
    return done


def shown(case: Case, directory: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what ffprobe says of the first stream, and of every frame after a full decode."""
    done = ffprobe(case, directory)
    done.check_returncode()
    found = json.loads(done.stdout)
    return found["streams"][0], found["frames"]


def finds_fault(case: Case, directory: Path) -> bool:
    """Tell whether ffprobe complains of a file, or finds nothing in it."""
    done = ffprobe(case, directory)
    found = json.loads(done.stdout) if done.stdout else {}
    return bool(done.returncode or done.stderr or not found.get("streams") or not found.get("frames"))


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


@cache
def graded() -> dict[Grade, list[tuple[Case, Probe]]]:
    """Return the films and sounds of the corpus by their grades."""
    found: dict[Grade, list[tuple[Case, Probe]]] = {grade: [] for grade in Grade}
    for case in corpus():
        if case.kind in (Kind.VIDEO, Kind.AUDIO):
            probed = probe(Held(case.content), case.key, len(case.content), case.kind)
            found[probed.grade].append((case, probed))
    return found


@pytest.fixture(autouse=True)
def _ffprobe() -> None:
    if shutil.which("ffprobe") is None:
        pytest.skip("ffprobe is not installed here: apt-get install ffmpeg")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ffprobe_agrees_with_every_film_and_sound_that_is_proven(tmp_path: Path) -> None:
    wrong = {
        case.key: disagreements(case, found.supplied, tmp_path)
        for case, found in graded()[Grade.PROVEN]
        if isinstance(found.supplied, VideoMetadata | AudioMetadata)
    }

    assert len(wrong) == sum(GRADES[kind]["A"] for kind in (Kind.VIDEO, Kind.AUDIO))
    assert {key: found for key, found in wrong.items() if found} == {}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ffprobe_finds_fault_with_every_film_and_sound_that_is_broken(tmp_path: Path) -> None:
    broken = graded()[Grade.BROKEN]

    assert len(broken) == sum(GRADES[kind]["C"] for kind in (Kind.VIDEO, Kind.AUDIO))
    assert {case.key for case, _ in broken if not finds_fault(case, tmp_path)} == OVERLOOKED
