"""Videos: what is told of them, and which are refused."""

import re
from collections.abc import Callable

import pytest

from encord_provider.sandbox.inspection import Refused, inspect
from tests.unit.sandbox.inspection import recordings
from tests.unit.sandbox.inspection.held import Held

FORMATS = [
    ("mp4", "libx264", "", "video/mp4"),
    ("mp4", "libx264", "faststart", "video/mp4"),
    ("mp4", "libx264", "frag_keyframe+empty_moov", "video/mp4"),
    ("mov", "libx264", "", "video/quicktime"),
    ("webm", "libvpx-vp9", "", "video/webm"),
    ("matroska", "libx264", "", "video/x-matroska"),
]


@pytest.mark.parametrize(("container", "codec", "movflags", "mime_type"), FORMATS)
def test_each_video_format_gives_its_facts(container: str, codec: str, movflags: str, mime_type: str) -> None:
    film = recordings.video(container, codec, movflags)

    facts = inspect("VIDEO", Held(film), "any name at all")

    assert facts.mime_type == mime_type
    assert facts.file_size == len(film)
    assert (facts.width, facts.height) == (recordings.WIDTH, recordings.HEIGHT)
    assert facts.fps == pytest.approx(recordings.RATE)
    assert facts.duration == pytest.approx(recordings.FRAMES / recordings.RATE, abs=0.05)
    assert facts.frame_count == recordings.FRAMES


@pytest.mark.parametrize(("container", "codec", "movflags", "_mime_type"), FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
def test_a_truncated_video_is_refused(
    container: str, codec: str, movflags: str, _mime_type: str, share: float
) -> None:
    film = recordings.video(container, codec, movflags)

    with pytest.raises(Refused, match="truncated"):
        inspect("VIDEO", Held(film[: int(len(film) * share)]), "film.mp4")


def test_a_video_without_its_index_is_refused_by_name_of_the_missing_box() -> None:
    film = recordings.video()
    at = film.index(b"moov") - 4

    with pytest.raises(Refused, match=re.escape("it has no 'moov' box")):
        inspect("VIDEO", Held(film[:at]), "film.mp4")


def test_a_video_whose_pictures_are_noise_is_refused() -> None:
    film = bytearray(recordings.video())
    start, end = film.index(b"mdat") + 4, film.index(b"moov") - 4
    film[start:end] = bytes(end - start)

    with pytest.raises(Refused, match="damaged"):
        inspect("VIDEO", Held(bytes(film)), "film.mp4")


@pytest.mark.parametrize(
    ("made", "found"),
    [
        (lambda: b"This is no video.\n", "text/plain"),
        (lambda: recordings.video("avi", "libx264"), "video/x-msvideo"),
        (recordings.sound, "audio/x-wav"),
        (lambda: recordings.sound("mp4", "aac"), "audio/mp4"),
        (lambda: recordings.sound("matroska", "pcm_s16le"), "audio/x-matroska"),
        (lambda: b"\x7fELF\x02\x01\x01" + bytes(64), "application/octet-stream"),
    ],
)
def test_what_is_no_video_is_refused_in_encords_words(made: Callable[[], bytes], found: str) -> None:
    with pytest.raises(Refused) as refusal:
        inspect("VIDEO", Held(made()), "film.mp4")

    assert refusal.value.reason == f"Expected a video, got a file of type {found}"


@pytest.mark.parametrize(
    "kind",
    ["VIDEO", "IMAGE", "IMG", "AUDIO", "PDF", "PLAIN_TEXT", "NIFTI", "DICOM", "SCENE", "TIMESERIES"],
)
def test_an_empty_object_is_refused_as_any_kind(kind: str) -> None:
    with pytest.raises(Refused, match="empty"):
        inspect(kind, Held(b""), "file")
