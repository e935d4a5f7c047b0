"""Files are looked at before they are registered, once, and what is proven of them is supplied."""

import json
import threading
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from encord_provider.buckets.bucket import Bucket
from encord_provider.errors import MissingExtra, NotFound
from encord_provider.ingestion import probe as probing_module
from encord_provider.ingestion.probe import Prober, Probing, probing_of
from encord_provider.ingestion.run import Source
from encord_provider.manifest.candidates import Candidate
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.media_metadata import DicomMetadata, ImageMetadata, VideoMetadata
from encord_provider.manifest.units import Unit, unit_of
from encord_provider.media.budget import Budget
from encord_provider.media.modes import PROBED, Mode, modes_of
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import running_sandbox
from tests import media
from tests.unit.ingestion.conftest import Pipeline
from tests.unit.ingestion.test_plan import reasons
from tests.unit.media.corpus.films import Film
from tests.unit.media.corpus.pictures import picture, pictures_in_one
from tests.unit.media.corpus.scans import scan

SAFE = Probing(modes_of("safe"))
REQUIRE = Probing(modes_of("require"))


def units(pipeline: Pipeline) -> dict[str, Unit]:
    """Build, and map file names to the units of the manifests."""
    found = {}
    for manifest in pipeline.build():
        record = pipeline.ledger.manifests.get(manifest)
        for unit in Manifest.from_json(pipeline.storage.read(record.uri)).units:
            found[unit.title.removeprefix(pipeline.bucket.prefix)] = unit
    return found


@pytest.fixture
def safe(pipeline: Pipeline) -> Pipeline:
    """Look at all kinds of files."""
    return replace(pipeline, probing=SAFE)


def test_what_is_proven_stands_in_the_manifest(safe: Pipeline) -> None:
    safe.bucket.put("front.mp4", media.video())
    safe.bucket.put("front.png", media.image())

    found = units(safe)

    assert found["front.mp4"].media == VideoMetadata(10, 1, 64, 48, len(media.video()), "video/mp4")
    assert found["front.png"].media == ImageMetadata("image/png", len(media.image()), 32, 24)


def test_what_is_not_proven_is_left_to_encord(safe: Pipeline) -> None:
    safe.bucket.put("turned.mp4", Film(rotation=90).encoded())
    safe.bucket.put("pages.tif", pictures_in_one("TIFF"))

    assert {name: unit.media for name, unit in units(safe).items()} == {"turned.mp4": None, "pages.tif": None}


def test_what_is_broken_or_wrongly_named_goes_to_quarantine(safe: Pipeline) -> None:
    safe.bucket.put("cut.mp4", media.video()[:500])
    safe.bucket.put("front.mp4", media.image())
    safe.bucket.put("empty.mp4", b"")
    safe.bucket.put("good.mp4", media.video())

    account = safe.ingest()

    assert (account.registered, account.quarantined, account.closed) == (1, 3, True)
    assert reasons(safe) == {
        "cut.mp4": "it is no media file, or has lost its index",
        "front.mp4": "its name says video/mp4, its bytes are image/png",
        "empty.mp4": "the object is empty",
    }


def test_where_metadata_is_required_what_is_not_proven_goes_to_quarantine(pipeline: Pipeline) -> None:
    pipeline = replace(pipeline, probing=REQUIRE)
    pipeline.bucket.put("good.mp4", media.video())
    pipeline.bucket.put("turned.mp4", Film(rotation=90).encoded())

    assert list(units(pipeline)) == ["good.mp4"]
    assert reasons(pipeline)["turned.mp4"].startswith(
        "its metadata is required, and not proven: it is turned"
    )


def test_where_encord_may_read_nothing_only_what_is_proven_is_sent(
    pipeline: Pipeline, s3_integration: Integration
) -> None:
    strict_access = s3_integration.model_copy(update={"strict_client_only": True})
    grouping = Grouping(image_groups=r"(?P<unit>.*/rig)/", image_sequences=r"(?P<unit>.*/run)/")
    good = {"good.mp4": media.video(), "good.png": media.image(), "ct/good.dcm": media.dicom()}
    good |= {f"rig/{number}.png": media.image(shade=number) for number in range(2)}
    bad = {"turned.mp4": Film(rotation=90).encoded(), "cut.mp4": media.video()[:500]}
    bad |= {f"run/{number}.png": media.image(shade=number + 2) for number in range(2)}
    for key, content in {**good, **bad}.items():
        pipeline.bucket.put(key, content)

    with running_sandbox(integrations=[strict_access]) as sandbox:
        strict = replace(pipeline, sandbox=sandbox, probing=REQUIRE, grouping=grouping)
        account = strict.ingest()
        items = {item.name.removeprefix(pipeline.bucket.prefix): item for item in strict.items()}

    assert sorted(items) == ["ct", "good.mp4", "good.png", "rig"]
    assert (items["good.mp4"].fps, items["good.mp4"].width, items["good.png"].width) == (10, 64, 32)
    assert (account.registered, account.quarantined, account.closed) == (len(good), len(bad), True)
    assert all("required" in why or "index" in why for why in reasons(strict).values())


def test_kinds_that_are_switched_off_are_not_read(pipeline: Pipeline) -> None:
    pipeline = replace(pipeline, probing=Probing(modes_of({"video": "off"})))
    pipeline.bucket.put("front.mp4", media.image())
    pipeline.bucket.put("front.png", media.image())

    found = units(pipeline)

    assert found["front.mp4"].media is None
    assert found["front.png"].media is not None


def test_frames_of_a_group_carry_their_metadata_to_encord(safe: Pipeline) -> None:
    grouped = safe.grouped(image_groups=r"(?P<unit>.*/rig)/")
    for number, ending in enumerate(("png", "jpeg")):
        grouped.bucket.put(f"rig/{number}.{ending}", media.image(ending, width=8 + number))

    (unit,) = units(grouped).values()
    account = grouped.ingest("again")

    assert [file.media for file in unit.files] == [
        ImageMetadata("image/png", len(media.image("png", width=8)), 8, 24),
        ImageMetadata("image/jpeg", len(media.image("jpeg", width=9)), 9, 24),
    ]
    assert (account.pending, account.closed) == (0, True)


def test_a_broken_frame_keeps_its_group_from_being_registered_and_is_named(safe: Pipeline) -> None:
    grouped = safe.grouped(image_groups=r"(?P<unit>.*/rig)/")
    grouped.bucket.put("rig/0.png", media.image())
    grouped.bucket.put("rig/1.png", media.image()[:50])

    assert units(grouped) == {}
    assert {
        reason.partition(": ")[0].removeprefix(grouped.bucket.prefix) for reason in reasons(grouped).values()
    } == {"rig/1.png"}


def test_a_series_is_sent_in_the_order_of_its_slices_with_its_tags(safe: Pipeline) -> None:
    for name, number in {"a": 3, "b": 1, "c": 4, "d": 2}.items():
        safe.bucket.put(f"ct/{name}.dcm", media.dicom(number))

    (unit,) = units(safe).values()

    assert [url.rpartition("/")[2] for url in unit.urls] == ["b.dcm", "d.dcm", "a.dcm", "c.dcm"]
    assert all(isinstance(file.media, DicomMetadata) for file in unit.files)
    assert [file.media.tags["00200013"] for file in unit.files if isinstance(file.media, DicomMetadata)] == [
        {"vr": "IS", "Value": [number]} for number in (1, 2, 3, 4)
    ]


def test_files_that_would_spoil_a_series_are_set_aside_and_the_rest_lands(safe: Pipeline) -> None:
    for number in range(1, 5):
        safe.bucket.put(f"ct/{number}.dcm", media.dicom(number))
    safe.bucket.put("ct/5.dcm", media.dicom(5, study="1.2.3.4"))
    safe.bucket.put("ct/6.dcm", scan(lambda found: setattr(found, "Rows", 4), 6))
    safe.bucket.put("ct/7.dcm", media.dicom(2))
    safe.bucket.put("ct/8.dcm", media.dicom(8)[:300])
    safe.bucket.put("ct/9.dcm", media.image())

    account = safe.ingest()

    assert (account.registered, account.quarantined, account.closed) == (4, 5, True)
    found = reasons(safe)
    assert found["ct/5.dcm"].startswith("a file of study 1.2.3.4 in a series of study")
    assert found["ct/6.dcm"].startswith("a file of rows and columns 4 by 8")
    assert found["ct/7.dcm"].startswith("it repeats the instance")
    assert found["ct/9.dcm"] == "its name says application/dicom, its bytes are image/png"


def test_a_missing_slice_is_logged(safe: Pipeline, caplog: pytest.LogCaptureFixture) -> None:
    for number in (1, 2, 3, 5, 6):
        safe.bucket.put(f"ct/{number}.dcm", media.dicom(number))

    units(safe)

    assert "75% of its gaps are even, 1 mm, and 97% should be: 1 slices seem to be missing" in caplog.text


@dataclass
class Counting:
    """A bucket that counts what is read, and how much of it at once."""

    bucket: Bucket
    keys: list[str] = field(default_factory=list)
    at_once: int = 0
    _reading: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    meet: threading.Barrier | None = None

    def read_range(self, key: str, start: int, length: int, version: str = "") -> bytes:
        """Read, and count."""
        with self._lock:
            self.keys.append(key)
            self._reading += 1
            self.at_once = max(self.at_once, self._reading)
        if self.meet:
            self.meet.wait(timeout=10)
        try:
            return self.bucket.read_range(key, start, length, version)
        finally:
            with self._lock:
                self._reading -= 1


def candidates(pipeline: Pipeline) -> list[Candidate]:
    """Return what is in the bucket, each object as one unit."""
    objects = [obj for page in pipeline.source.bucket.pages(pipeline.bucket.prefix) for obj in page]
    return [Candidate((obj,), unit_of(Kind.IMAGE, obj.key, (obj,))) for obj in objects]


def counted(pipeline: Pipeline, probing: Probing = SAFE, **options: Any) -> tuple[Prober, Counting]:
    bucket: Any = Counting(pipeline.source.bucket, **options)
    return Prober(pipeline.run(), Source(bucket, pipeline.bucket.prefix), probing), bucket


def test_no_version_of_an_object_is_looked_at_twice(pipeline: Pipeline) -> None:
    for number in range(5):
        pipeline.bucket.put(f"{number}.png", media.image(shade=number))
    prober, first = counted(pipeline)
    again, second = counted(pipeline)

    assert prober.look(candidates(pipeline)) == again.look(candidates(pipeline))
    assert (len(first.keys), len(second.keys)) == (5, 0)

    pipeline.bucket.put("3.png", media.image(width=9))
    (found,) = (c for c in again.look(candidates(pipeline))[0] if c.members[0].key.endswith("3.png"))
    assert second.keys == [found.members[0].key]
    assert found.unit
    assert found.unit.media == ImageMetadata("image/png", len(media.image(width=9)), 9, 24)


def test_another_budget_is_another_look(pipeline: Pipeline) -> None:
    pipeline.bucket.put("0.png", media.image())
    prober, _ = counted(pipeline)
    prober.look(candidates(pipeline))
    richer, bucket = counted(pipeline, replace(SAFE, budget=Budget(requests=99)))

    richer.look(candidates(pipeline))

    assert len(bucket.keys) == 1


def test_files_are_looked_at_together_as_many_as_memory_allows(pipeline: Pipeline) -> None:
    for number in range(6):
        pipeline.bucket.put(f"{number}.png", media.image(shade=number))
    budget = Budget()
    prober, bucket = counted(
        pipeline, replace(SAFE, bytes_in_flight=3 * budget.bytes), meet=threading.Barrier(3)
    )

    passed, _ = prober.look(candidates(pipeline))

    assert bucket.at_once == 3
    assert len(passed) == 6
    assert replace(SAFE, bytes_in_flight=1).files_in_flight == 1


def test_what_was_found_before_a_bucket_fails_is_kept(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing_module, "RECORDED_AT_ONCE", 1)
    for number in range(3):
        pipeline.bucket.put(f"{number}.png", media.image(shade=number))
    one_by_one = replace(SAFE, bytes_in_flight=1)
    prober, bucket = counted(pipeline, one_by_one)
    reading = bucket.read_range

    def failing(key: str, start: int, length: int, version: str = "") -> bytes:
        if key.endswith("2.png"):
            raise ConnectionError(key)
        return reading(key, start, length, version)

    bucket.read_range = failing  # type: ignore[method-assign] # the bucket of this test alone

    with pytest.raises(ConnectionError):
        prober.look(candidates(pipeline))

    again, second = counted(pipeline, one_by_one)
    again.look(candidates(pipeline))
    assert [key.rpartition("/")[2] for key in second.keys] == ["2.png"]


def test_an_object_that_is_gone_is_left_to_encord(pipeline: Pipeline) -> None:
    pipeline.bucket.put("0.png", media.image())
    listed = candidates(pipeline)
    pipeline.bucket.delete("0.png")
    prober, _ = counted(pipeline)

    assert prober.look(listed) == (listed, [])
    with pytest.raises(NotFound):
        pipeline.source.bucket.read_range(listed[0].members[0].key, 0, 1)


def test_an_object_that_is_overwritten_while_it_is_read_is_no_mix_of_both(pipeline: Pipeline) -> None:
    large, larger = (picture("PNG", (side, 400), compress_level=0) for side in (500, 600))
    pipeline.bucket.put("0.png", large)
    (listed,) = candidates(pipeline)
    prober, bucket = counted(pipeline)
    reading = bucket.read_range

    def overwriting(key: str, start: int, length: int, version: str = "") -> bytes:
        content = reading(key, start, length, version)
        if len(bucket.keys) == 1:  # behind its header, which has been read
            pipeline.bucket.put("0.png", larger)
        return content

    bucket.read_range = overwriting  # type: ignore[method-assign] # the bucket of this test alone

    assert prober.look([listed]) == ([listed], [])
    assert len(bucket.keys) == 2

    ((found,), _) = counted(pipeline)[0].look(candidates(pipeline))
    assert found.unit
    assert found.unit.media == ImageMetadata("image/png", len(larger), 600, 400)


def test_the_switch_is_one_mode_or_one_for_each_kind() -> None:
    assert set(modes_of("off").values()) == {Mode.OFF}
    assert set(modes_of("require")) == PROBED
    mixed = modes_of({"video": "require", "text": "off"})
    assert (mixed[Kind.VIDEO], mixed[Kind.TEXT], mixed[Kind.AUDIO]) == (Mode.REQUIRE, Mode.OFF, Mode.SAFE)
    with pytest.raises(
        ValueError, match=r"no kind 'films', mode 'on'; kinds: audio, .*; modes: off, safe, require"
    ):
        modes_of({"films": "on"})


def test_without_the_extra_nothing_is_looked_at_unless_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent() -> None:
        raise MissingExtra("media", "probing media metadata")

    monkeypatch.setattr(probing_module, "require_libraries", absent)

    assert probing_of(None).modes == {}
    assert set(probing_of("off").modes.values()) <= {Mode.OFF}
    for wanted in ("safe", {"video": "require"}):
        with pytest.raises(MissingExtra, match=r"airflow-provider-encord\[media\]"):
            probing_of(wanted)


def test_with_the_extra_all_kinds_are_looked_at_by_default() -> None:
    assert probing_of(None).modes == modes_of("safe")


def test_a_verdict_survives_the_ledger(pipeline: Pipeline) -> None:
    pipeline.bucket.put("cut.png", media.image()[:40])
    prober, _ = counted(pipeline)
    prober.look(candidates(pipeline))

    with pipeline.ledger.transaction() as connection:
        (row,) = connection.exec_driver_sql("SELECT url, kind, grade, media, reasons FROM probes").all()
    assert tuple(row)[:4] == (pipeline.bucket.url("cut.png"), "image", "C", None)
    assert json.loads(row.reasons) == ["it is damaged, or no picture"]
