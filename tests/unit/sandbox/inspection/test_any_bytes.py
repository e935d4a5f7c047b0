"""Whatever the bytes are, an inspection ends in facts or in a refusal, and a thumbnail in a picture or in none."""

import gzip
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from encord_provider.sandbox.inspection import Facts, Refused, inspect, thumbnail
from tests import media
from tests.unit.sandbox.inspection import recordings
from tests.unit.sandbox.inspection.held import Held

GOOD: dict[str, list[Callable[[], bytes]]] = {
    "VIDEO": [recordings.video, lambda: recordings.video("webm", "libvpx-vp9")],
    "AUDIO": [
        recordings.sound,
        lambda: recordings.sound("mp3", "libmp3lame"),
        lambda: recordings.sound("flac", "flac"),
    ],
    "IMAGE": [
        media.image,
        lambda: media.image("jpeg"),
        lambda: media.image("tiff"),
        lambda: media.image("webp"),
    ],
    "PDF": [media.pdf],
    "DICOM": [media.dicom],
    "NIFTI": [media.nifti, lambda: gzip.compress(media.nifti())],
    "SCENE": [media.point_cloud],
    "TIMESERIES": [media.signals],
    "PLAIN_TEXT": [media.signals],
}
CASES = [
    pytest.param(kind, made, id=f"{kind}-{number}") for kind in GOOD for number, made in enumerate(GOOD[kind])
]

lenient = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(("kind", "made"), CASES)
@given(data=st.data())
@lenient
def test_a_file_with_changed_bytes_gives_facts_or_is_refused(
    kind: str, made: Callable[[], bytes], data: st.DataObject
) -> None:
    damaged = bytearray(made())
    positions = st.integers(0, min(len(damaged), 2000) - 1)  # headers are where damage is most confusing
    for at, byte in data.draw(
        st.dictionaries(positions, st.integers(0, 255), min_size=1, max_size=20)
    ).items():
        damaged[at] = byte

    _settle(kind, Held(bytes(damaged)))


@pytest.mark.parametrize("kind", list(GOOD))
@given(head=st.sampled_from([made()[:200] for makers in GOOD.values() for made in makers]), tail=st.binary())
@lenient
def test_noise_after_the_head_of_any_format_gives_facts_or_is_refused(
    kind: str, head: bytes, tail: bytes
) -> None:
    _settle(kind, Held(head + tail))


def _settle(kind: str, held: Held) -> None:
    with suppress(Refused):
        assert isinstance(inspect(kind, held, "name"), Facts)
    picture = thumbnail(kind, held)
    assert picture is None or picture.startswith(b"\xff\xd8\xff")
