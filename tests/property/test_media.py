"""Reading by range is reading, and no damaged file stops a run."""

import io
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encord_provider.media.dicom import study_of
from tests import media
from tests.unit.media.held import Held

MOVES = st.lists(
    st.tuples(
        st.sampled_from([io.SEEK_SET, io.SEEK_CUR, io.SEEK_END]), st.integers(-300, 300), st.integers(-1, 300)
    ),
    max_size=12,
)


@given(content=st.binary(max_size=200), moves=MOVES)
def test_an_object_read_by_range_is_the_object(content: bytes, moves: list[tuple[int, int, int]]) -> None:
    reader, file = Held(content).reader(), io.BytesIO(content)

    for whence, offset, length in moves:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: file.tell(), io.SEEK_END: len(content)}[whence]
        assert reader.seek(offset, whence) == file.seek(max(0, base + offset))
        assert reader.read(length) == file.read(length)
        assert reader.tell() == file.tell()


@given(content=st.binary(max_size=100), claimed=st.integers(0, 200), length=st.integers(-1, 300))
def test_an_object_of_another_size_than_was_listed_gives_only_what_there_is(
    content: bytes, claimed: int, length: int
) -> None:
    read = Held(content).reader(size=claimed).read(length)

    assert read == content[: min(claimed, length) if length >= 0 else claimed]


@pytest.fixture(autouse=True)
def _quiet_pydicom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what pydicom says of thousands of damaged files out of the report."""
    monkeypatch.setattr(logging.getLogger("pydicom"), "disabled", True)


DAMAGE = st.lists(st.tuples(st.integers(128, 560), st.binary(min_size=1, max_size=6)), min_size=1, max_size=6)


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(damage=DAMAGE, cut=st.integers(0, 900))
def test_a_damaged_dicom_file_never_stops_a_run(damage: list[tuple[int, bytes]], cut: int) -> None:
    content = bytearray(media.dicom())
    for start, by in damage:
        content[start : start + len(by)] = by

    study = study_of(Held(bytes(content[:cut])).reader())

    assert study is None or isinstance(study, str)
