"""The corpus: real media, always the same, with a truth that is true."""

import csv
import gzip
import io
import subprocess
import sys
from collections import Counter
from hashlib import sha256

import av
import nibabel
import pydicom
import pypdfium2
import pytest
from obstore.store import MemoryStore
from PIL import Image, UnidentifiedImageError

from demo.corpus import CORPUS, METADATA_TABLE, PREFIX, Source, write_corpus

ALL_KEYS = [source.key for source in CORPUS.sources()]
FINGERPRINT = "from tests.unit.demo.test_corpus import fingerprint; print(fingerprint())"


def fingerprint() -> str:
    """Digest every key and every byte."""
    digest = sha256()
    for source in CORPUS.sources():
        digest.update(source.key.encode() + b"\0" + source.make())
    return digest.hexdigest()


def of_type(item_type: str) -> list[Source]:
    return [source for unit in CORPUS.units if unit.item_type == item_type for source in unit.sources]


def poison(ending: str) -> bytes:
    [found] = [bad.source for bad in CORPUS.poison if bad.source.key.endswith(ending)]
    return found.make()


def test_no_key_appears_twice() -> None:
    assert len(set(ALL_KEYS)) == len(ALL_KEYS) == len(CORPUS) >= 40


def test_every_object_is_below_the_prefix() -> None:
    assert all(key.startswith(PREFIX) for key in ALL_KEYS)


def test_every_object_has_one_of_three_fates() -> None:
    assert len(CORPUS.must_land) + len(CORPUS.poison_keys) + len(CORPUS.excluded_keys) == len(CORPUS)


def test_there_is_every_kind_of_item() -> None:
    assert Counter(unit.item_type for unit in CORPUS.units) == {
        "video": 6,
        "image": 14,
        "imageGroup": 1,
        "imageSequence": 1,
        "dicomSeries": 1,
        "audio": 4,
        "pdf": 2,
        "plainText": 4,
        "nifti": 2,
    }


@pytest.mark.parametrize("oddity", [" ", "+", "#", "%", "?", "&", "%20", "ö", "ß", "駐"])
def test_odd_keys_must_land(oddity: str) -> None:
    assert any(oddity in key for key in CORPUS.must_land)


def test_another_process_makes_the_same_bytes() -> None:
    command = [sys.executable, "-c", FINGERPRINT]
    other = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)

    assert other.stdout.strip() == fingerprint()


def test_a_second_writing_writes_nothing() -> None:
    store = MemoryStore()
    write_corpus(store)
    before = {entry["path"]: entry["e_tag"] for page in store.list() for entry in page}

    write_corpus(store)

    assert {entry["path"]: entry["e_tag"] for page in store.list() for entry in page} == before
    assert sorted(before) == sorted(ALL_KEYS)


def test_an_object_that_is_lost_is_written_again() -> None:
    store = MemoryStore()
    write_corpus(store)
    lost = min(CORPUS.must_land)
    store.delete(lost)

    write_corpus(store)

    assert store.head(lost)["size"] > 0


@pytest.mark.parametrize("source", of_type("video"), ids=str)
def test_each_video_plays_two_seconds(source: Source) -> None:
    with av.open(io.BytesIO(source.make()), "r") as file:
        assert sum(1 for _ in file.decode(video=0)) == 30


@pytest.mark.parametrize("source", of_type("audio"), ids=str)
def test_each_sound_lasts_two_seconds(source: Source) -> None:
    with av.open(io.BytesIO(source.make()), "r") as file:
        samples = sum(frame.samples for frame in file.decode(audio=0))

    assert samples == pytest.approx(2 * 44_100, rel=0.06)  # mp3 and aac pad to whole frames


@pytest.mark.parametrize("item_type", ["image", "imageGroup", "imageSequence"])
def test_each_picture_can_be_seen(item_type: str) -> None:
    for source in of_type(item_type):
        with Image.open(io.BytesIO(source.make())) as image:
            image.load()
            assert image.size == (640, 360)


def test_the_slices_make_one_volume() -> None:
    slices = [pydicom.dcmread(io.BytesIO(source.make())) for source in of_type("dicomSeries")]

    assert len({s.SeriesInstanceUID for s in slices}) == len({s.StudyInstanceUID for s in slices}) == 1
    assert len({s.SOPInstanceUID for s in slices}) == len(slices) >= 8
    assert [float(s.ImagePositionPatient[2]) for s in slices] == [2.5 * n for n in range(len(slices))]
    assert all(s.pixel_array.shape == (96, 96) for s in slices)


def test_both_niftis_hold_the_same_head() -> None:
    plain, packed = (source.make() for source in of_type("nifti"))

    assert gzip.decompress(packed) == plain
    assert nibabel.Nifti1Image.from_bytes(plain).shape == (96, 96, 10)


def test_the_documents_have_pages() -> None:
    assert [len(pypdfium2.PdfDocument(source.make())) for source in of_type("pdf")] == [3, 5]


def test_the_frames_of_the_sequence_are_in_natural_order() -> None:
    names = [source.key.rpartition("/")[2] for source in of_type("imageSequence")]

    assert names == [f"frame_{number}.jpg" for number in range(1, 13)]
    assert names != sorted(names)


def test_the_truncated_video_cannot_be_opened() -> None:
    with pytest.raises(av.error.InvalidDataError):
        av.open(io.BytesIO(poison("truncated.mp4")), "r")


def test_the_text_named_as_an_image_is_no_image() -> None:
    with pytest.raises(UnidentifiedImageError):
        Image.open(io.BytesIO(poison("not-an-image.jpg")))


def test_the_empty_object_is_empty() -> None:
    assert poison("empty.jpg") == b""


def test_the_stray_slice_is_of_another_study_and_else_like_its_neighbours() -> None:
    stray = pydicom.dcmread(io.BytesIO(poison("slice-11.dcm")))
    neighbour = pydicom.dcmread(io.BytesIO(of_type("dicomSeries")[0].make()))

    assert stray.StudyInstanceUID != neighbour.StudyInstanceUID
    assert stray.SeriesInstanceUID == neighbour.SeriesInstanceUID


def test_the_metadata_table_speaks_of_objects_that_must_land() -> None:
    [table] = [source for source in CORPUS.excluded if source.key == METADATA_TABLE]
    rows = {row.pop("title"): row for row in csv.DictReader(io.StringIO(table.make().decode()))}

    assert rows == CORPUS.metadata
    assert set(rows) <= CORPUS.must_land
    assert all(set(row) == {"site", "weather", "captured_at", "reviewed"} for row in rows.values())
