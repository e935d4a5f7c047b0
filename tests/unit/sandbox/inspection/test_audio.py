"""Audio files: what is told of them, and which are refused."""

import io
from collections.abc import Callable

import pytest
from mutagen.mp4 import MP4, MP4Cover

from encord_provider.sandbox.inspection import Refused, inspect
from tests import media
from tests.unit.sandbox.inspection import recordings
from tests.unit.sandbox.inspection.held import Held


@pytest.mark.parametrize(
    ("container", "codec", "mime_type", "bit_depth", "name"),
    [
        ("wav", "pcm_s16le", "audio/x-wav", 16, "pcm_s16le"),
        ("wav", "pcm_s24le", "audio/x-wav", 24, "pcm_s24le"),
        ("flac", "flac", "audio/flac", 16, "flac"),
        ("mp3", "libmp3lame", "audio/mpeg", None, "mp3"),
        ("ipod", "aac", "audio/mp4", 16, "aac"),
        ("mp4", "aac", "audio/mp4", 16, "aac"),
    ],
)
def test_each_audio_format_gives_its_facts(
    container: str, codec: str, mime_type: str, bit_depth: int | None, name: str
) -> None:
    sound = recordings.sound(container, codec)

    facts = inspect("AUDIO", Held(sound), "any name at all")

    assert facts.mime_type == mime_type
    assert facts.file_size == len(sound)
    assert facts.duration == pytest.approx(1.0, abs=0.06)
    assert facts.audio_sample_rate == recordings.SAMPLE_RATE
    assert facts.audio_num_channels == 2
    assert facts.audio_bit_depth == bit_depth
    assert facts.audio_codec == name


@pytest.mark.parametrize(
    ("container", "codec"),
    [("wav", "pcm_s16le"), ("flac", "flac"), ("mp3", "libmp3lame"), ("ipod", "aac")],
)
@pytest.mark.parametrize("share", [0.3, 0.8])
def test_a_truncated_audio_file_is_refused(container: str, codec: str, share: float) -> None:
    sound = recordings.sound(container, codec)

    with pytest.raises(Refused, match="truncated"):
        inspect("AUDIO", Held(sound[: int(len(sound) * share)]), "sound")


def test_a_wav_that_its_writer_could_not_finish_is_taken_as_long_as_it_is() -> None:
    sound = media.audio(seconds=0.5, sample_rate=8_000)
    at = sound.index(b"data") + 4

    facts = inspect("AUDIO", Held(sound[:at] + b"\xff\xff\xff\xff" + sound[at + 4 :]), "live.wav")

    assert facts.duration == pytest.approx(0.5, abs=0.01)


def test_the_cover_of_a_song_makes_it_no_video() -> None:
    file = io.BytesIO(recordings.sound("ipod", "aac"))
    song = MP4(file)  # type: ignore[no-untyped-call] # mutagen's own
    song["covr"] = [MP4Cover(media.image("png"), MP4Cover.FORMAT_PNG)]  # type: ignore[no-untyped-call] # mutagen's own
    file.seek(0)
    song.save(file)  # type: ignore[no-untyped-call] # mutagen's own

    assert inspect("AUDIO", Held(file.getvalue()), "song.m4a").mime_type == "audio/mp4"


@pytest.mark.parametrize(
    ("made", "found"),
    [
        (recordings.video, "video/mp4"),
        (lambda: recordings.video("matroska"), "video/x-matroska"),
        (lambda: b"just words", "text/plain"),
        (lambda: media.image("png"), "image/png"),
        (lambda: b"OggS" + bytes(64), "audio/ogg"),
        (lambda: recordings.sound("adts", "aac"), "audio/aac"),
    ],
)
def test_what_is_no_audio_is_refused_in_encords_words(made: Callable[[], bytes], found: str) -> None:
    with pytest.raises(Refused) as refusal:
        inspect("AUDIO", Held(made()), "sound.wav")

    assert refusal.value.reason == f"Expected an audio file, got a file of type {found}"
