"""Which new objects go into a manifest: groups that are whole, units without faults."""

import logging
from collections.abc import Sequence

import pytest

from encord_provider.buckets.bucket import Bucket
from encord_provider.errors import BadManifest, BadTable
from encord_provider.hooks.units import grouping_function, kind_table, open_description
from encord_provider.ingestion import sieve
from encord_provider.ingestion.description import Description
from encord_provider.ingestion.receipt import receipt
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.runs import Held
from encord_provider.manifest.completeness import Completeness
from encord_provider.manifest.grouping import Grouping
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.units import Unit
from encord_provider.metadata.custom import CustomMetadata
from tests import media
from tests.unit.ingestion.conftest import Pipeline

RIG = r"(?P<unit>.*/rig[^/]*)/"


def units(pipeline: Pipeline, name: str = "run") -> dict[str, Unit]:
    """Build, and return the units of all manifests by the end of their titles."""
    records = [pipeline.ledger.manifests.get(manifest) for manifest in pipeline.build(name)]
    manifests = [Manifest.from_json(pipeline.storage.read(record.uri)) for record in records]
    prefix = pipeline.bucket.prefix
    return {unit.title.removeprefix(prefix): unit for manifest in manifests for unit in manifest.units}


def reasons(pipeline: Pipeline, name: str = "run") -> dict[str, str]:
    """Map the file names in quarantine to their reasons."""
    found = receipt(pipeline.run(name)).quarantine
    return {entry.key.removeprefix(pipeline.bucket.prefix): entry.reason for entry in found}


def describe(
    pipeline: Pipeline,
    metadata: CustomMetadata | None = None,
    path: str | None = None,
    title: str | None = None,
) -> None:
    """Describe the units of a pipeline as an operator would."""
    bucket = pipeline.source.bucket
    pipeline.description = open_description(path, title, metadata or CustomMetadata(), bucket, None)


# --- groups


def test_a_group_waits_until_it_has_as_many_members_as_were_declared(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline = pipeline.grouped(image_groups=RIG)
    pipeline.complete = Completeness(count=2)
    pipeline.bucket.put("rig/1.png", media.image(shade=1))
    pipeline.bucket.put("alone.png", media.image())

    with caplog.at_level(logging.WARNING, "encord_provider"):
        first = pipeline.ingest("first")

    title = f"{pipeline.bucket.prefix}rig"
    assert (first.registered, first.pending, first.closed) == (1, 1, True)
    assert first.held == (Held("image_group", title, 1, "1 of 2 members are there"),)
    assert f"waits: image_group {title}: 1 of 2 members are there" in caplog.text

    pipeline.bucket.put("rig/2.png", media.image(shade=2))
    second = pipeline.ingest("second")
    assert (second.registered, second.pending, second.held, second.closed) == (2, 0, (), True)


def test_the_declared_number_may_differ_from_group_to_group(pipeline: Pipeline) -> None:
    pipeline = pipeline.grouped(image_groups=RIG)
    pipeline.complete = Completeness(count=lambda title: 1 if title.endswith("rig-a") else 2)
    pipeline.bucket.put("rig-a/1.png", media.image())
    pipeline.bucket.put("rig-b/1.png", media.image())

    assert set(units(pipeline)) == {"rig-a"}
    assert [held.title.rpartition("/")[2] for held in receipt(pipeline.run()).held] == ["rig-b"]


def test_a_group_waits_until_it_was_quiet_for_long_enough(pipeline: Pipeline) -> None:
    pipeline = pipeline.grouped(image_groups=RIG)
    pipeline.complete = Completeness(quiet_seconds=3600)
    pipeline.bucket.put("rig/1.png", media.image())

    assert units(pipeline) == {}
    (held,) = receipt(pipeline.run()).held
    assert "seconds old, not yet 3600" in held.reason


def test_a_group_waits_while_a_number_is_missing(pipeline: Pipeline) -> None:
    pipeline = pipeline.grouped(image_sequences=RIG)
    pipeline.complete = Completeness(contiguous_from=0)
    for number in (0, 1, 3):
        pipeline.bucket.put(f"rig/f{number}.png", media.image(shade=number))

    assert units(pipeline, "first") == {}
    (held,) = receipt(pipeline.run("first")).held
    assert "missing: 2" in held.reason

    pipeline.bucket.put("rig/f2.png", media.image(shade=2))
    assert [url[-6:] for url in units(pipeline, "second")["rig"].urls] == [f"f{n}.png" for n in range(4)]


def test_a_late_member_is_reported_and_does_not_wait_for_a_number_that_never_comes(
    pipeline: Pipeline,
) -> None:
    pipeline = pipeline.grouped(image_groups=RIG)
    pipeline.complete = Completeness(count=2)
    for number in (1, 2):
        pipeline.bucket.put(f"rig/{number}.png", media.image(shade=number))
    pipeline.ingest("first")
    pipeline.bucket.put("rig/3.png", media.image(shade=3))

    second = pipeline.ingest("second")

    assert (second.held, second.quarantined, second.closed) == ((), 1, True)
    assert "it came late" in reasons(pipeline, "second")["rig/3.png"]
    assert len(pipeline.items()) == 1


def test_gaps_and_duplicates_of_a_group_that_is_registered_are_told(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline = pipeline.grouped(image_groups=RIG)
    for name in ("f1.png", "f01.png", "f4.png"):
        pipeline.bucket.put(f"rig/{name}", media.image())

    with caplog.at_level(logging.WARNING, "encord_provider"):
        assert len(units(pipeline)["rig"].urls) == 3

    assert "missing: 2 to 3; twice: 1" in caplog.text


def test_of_many_groups_only_so_many_are_logged(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sieve, "LOGGED", 2)
    pipeline = pipeline.grouped(image_groups=RIG)
    pipeline.complete = Completeness(count=9)
    for number in range(5):
        pipeline.bucket.put(f"rig-{number}/1.png", media.image())

    with caplog.at_level(logging.WARNING, "encord_provider"):
        pipeline.build()

    assert [record.getMessage()[:6] for record in caplog.records] == ["waits:"] * 3
    assert "more groups" in caplog.text
    assert len(receipt(pipeline.run()).held) == 5


def test_a_function_groups_what_names_do_not_tell(pipeline: Pipeline) -> None:
    def by_visit(key: str) -> tuple[str, str] | None:
        return ("dicom_series", key.rpartition("/")[0]) if "/visit" in key else None

    pipeline.grouping = Grouping(by=grouping_function(by_visit))
    for number in (1, 2):
        pipeline.bucket.put(f"visit-7/IM{number}", media.dicom(number))
    pipeline.bucket.put("a.png", media.image())

    found = units(pipeline)

    assert {title: unit.kind for title, unit in found.items()} == {
        "visit-7": Kind.DICOM_SERIES,
        "a.png": Kind.IMAGE,
    }


# --- kinds


def test_an_ending_that_the_user_adds_is_a_kind(pipeline: Pipeline) -> None:
    pipeline.grouping = Grouping(kinds=kind_table({".frame": "image", ".json": "scene"}))
    pipeline.bucket.put("a.FRAME", media.image())
    pipeline.bucket.put("b.other", b"x")

    assert {title: unit.kind for title, unit in units(pipeline).items()} == {"a.FRAME": Kind.IMAGE}
    assert set(reasons(pipeline)) == {"b.other"}


def test_the_store_is_asked_for_the_content_type_of_what_its_name_does_not_tell(pipeline: Pipeline) -> None:
    store = pipeline.bucket._store  # noqa: SLF001 - the test's own helper has no word for content types
    store.put(f"{pipeline.bucket.prefix}no-ending", media.image(), attributes={"Content-Type": "image/png"})
    pipeline.bucket.put("a.png", media.image())
    asked: list[str] = []
    bucket = pipeline.source.bucket

    def content_type(key: str) -> str | None:
        asked.append(key)
        return bucket.content_type(key)

    pipeline.grouping = Grouping(content_type=content_type)

    assert set(units(pipeline)) == {"a.png", "no-ending"}
    assert asked == [f"{pipeline.bucket.prefix}no-ending"]


# --- titles and metadata


def test_titles_and_metadata_come_from_the_path(pipeline: Pipeline) -> None:
    describe(
        pipeline,
        CustomMetadata(path=True, types={"camera": "number"}),
        "{test:path}/{site}/cam-{camera}/{name}.png",
        "{site} {camera}/{name}",
    )
    pipeline.bucket.put("north/cam-7/a.png", media.image())
    pipeline.bucket.put("elsewhere.png", media.image())

    found = units(pipeline)

    assert set(found) == {"north 7/a", "elsewhere.png"}
    metadata = dict(found["north 7/a"].client_metadata)
    assert metadata.pop("test") in pipeline.bucket.prefix
    assert metadata == {"site": "north", "camera": 7, "name": "a"}


def test_units_of_one_title_land_all_and_each_under_its_own_url(pipeline: Pipeline) -> None:
    describe(pipeline, path=r".*/(?P<name>[^/]+)\.png", title="{name}")
    for site in ("north", "south", "west"):
        pipeline.bucket.put(f"{site}/front.png", media.image())

    account = pipeline.ingest()

    assert (account.registered, account.closed) == (3, True)
    assert [item.name for item in pipeline.items()] == ["front"] * 3
    assert {item.url for item in pipeline.items()} == {
        pipeline.bucket.url(f"{site}/front.png") for site in ("north", "south", "west")
    }


def test_a_group_with_a_title_of_its_own_is_still_known_when_a_late_member_comes(pipeline: Pipeline) -> None:
    pipeline = pipeline.grouped(image_groups=RIG)
    describe(pipeline, path=r".*/rig-(?P<rig>\w+)/.*", title="the rig {rig}")
    pipeline.bucket.put("rig-a/1.png", media.image(shade=1))
    assert pipeline.ingest("first").registered == 1
    pipeline.bucket.put("rig-a/2.png", media.image(shade=2))

    second = pipeline.ingest("second")

    assert [item.name for item in pipeline.items()] == ["the rig a"]
    assert (second.quarantined, second.closed) == (1, True)
    assert "it came late" in reasons(pipeline, "second")["rig-a/2.png"]


def test_a_refused_group_with_a_title_of_its_own_comes_again_whole_when_it_is_mended(
    pipeline: Pipeline,
) -> None:
    pipeline = pipeline.grouped(image_groups=RIG)
    describe(pipeline, path=r".*/rig-(?P<rig>\w+)/.*", title="the rig {rig}")
    pipeline.bucket.put("rig-a/1.png", media.image(shade=1))
    pipeline.bucket.put("rig-a/2.png", b"")
    assert pipeline.ingest("first").quarantined == 2
    pipeline.bucket.put("rig-a/2.png", media.image(shade=2))

    second = pipeline.ingest("second")

    assert (second.registered, second.quarantined, second.closed) == (2, 0, True)


def test_a_sidecar_describes_its_object_and_is_none_itself(pipeline: Pipeline) -> None:
    describe(pipeline, CustomMetadata(sidecars="optional"))
    pipeline.exclude = ("**/*.metadata.json",)
    pipeline.bucket.put("a.png", media.image())
    pipeline.bucket.put("a.png.metadata.json", b'{"site": "north"}')
    pipeline.bucket.put("b.png", media.image())

    account = pipeline.ingest()

    assert (account.registered, account.excluded, account.closed) == (2, 1, True)
    metadata = {item.name[-5:]: item.client_metadata for item in pipeline.items()}
    assert metadata == {"a.png": {"site": "north"}, "b.png": {}}


def test_a_sidecar_that_is_missing_or_broken_is_a_fault_of_its_object_only(pipeline: Pipeline) -> None:
    describe(pipeline, CustomMetadata(sidecars="required"))
    pipeline.exclude = ("**/*.metadata.json",)
    for name in ("a", "b", "c", "d"):
        pipeline.bucket.put(f"{name}.png", media.image())
    pipeline.bucket.put("a.png.metadata.json", b'{"site": "north"}')
    pipeline.bucket.put("b.png.metadata.json", b"{broken")
    pipeline.bucket.put("c.png.metadata.json", b"[]")

    assert set(units(pipeline)) == {"a.png"}
    found = reasons(pipeline)
    assert set(found) == {"b.png", "c.png", "d.png"}
    assert "b.png.metadata.json: not JSON" in found["b.png"]
    assert "not a JSON object" in found["c.png"]
    assert "there is no such side file" in found["d.png"]


def test_each_sidecar_is_read_once_though_units_are_gone_through_more_often(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe(pipeline, CustomMetadata(sidecars="optional"))
    pipeline.exclude = ("**/*.metadata.json",)
    for number in range(5):
        pipeline.bucket.put(f"{number}.png", media.image())
    read: list[str] = []
    really = Bucket.read

    def counted(self: Bucket, key: str) -> bytes:
        read.append(key)
        return really(self, key)

    monkeypatch.setattr(Bucket, "read", counted)  # counts, and reads as ever

    pipeline.build(units_per_job=2)

    sidecars = [key for key in read if key.endswith(".metadata.json")]
    assert sorted(sidecars) == [f"{pipeline.bucket.prefix}{n}.png.metadata.json" for n in range(5)]


def test_what_the_store_keeps_with_an_object_is_metadata(pipeline: Pipeline) -> None:
    describe(pipeline, CustomMetadata(store=True))
    store = pipeline.bucket._store  # noqa: SLF001 - the test's own helper has no word for attributes
    key = f"{pipeline.bucket.prefix}a.png"
    store.put(key, media.image(), attributes={"Content-Type": "image/png", "site": "north"})

    assert units(pipeline)["a.png"].client_metadata == {"site": "north"}


def test_later_sources_win_and_a_function_has_the_last_word(pipeline: Pipeline) -> None:
    pipeline.exclude = ("**/*.metadata.json", "tables/**")
    pipeline.bucket.put("a.png", media.image())
    pipeline.bucket.put("b.png", media.image())
    pipeline.bucket.put("a.png.metadata.json", b'{"side": 1, "table": 1}')

    def last(unit: Unit, objects: object) -> dict[str, object]:
        assert objects
        if unit.title.endswith("b.png"):
            raise ValueError("nobody knows this file")
        return {"seen": dict(unit.client_metadata), "side": 2}

    describe(pipeline, CustomMetadata(sidecars="optional", function=last))

    assert set(units(pipeline)) == {"a.png"}
    assert reasons(pipeline) == {"b.png": "the metadata function: nobody knows this file"}


def test_metadata_that_breaks_the_schema_is_told_with_all_its_faults_and_the_rest_lands(
    pipeline: Pipeline,
) -> None:
    keys = {"site": {"type": "enum", "options": ["north"]}, "speed": "number", "at": "datetime"}
    describe(pipeline, CustomMetadata(sidecars="optional", schema={"keys": keys}))
    pipeline.exclude = ("**/*.metadata.json",)
    pipeline.bucket.put("bad.png", media.image())
    pipeline.bucket.put("bad.png.metadata.json", b'{"site": "west", "speed": "fast", "at": "noon"}')
    pipeline.bucket.put("good.png", media.image())
    pipeline.bucket.put("good.png.metadata.json", b'{"site": "north", "speed": 3}')

    account = pipeline.ingest()

    assert (account.registered, account.quarantined, account.closed) == (1, 1, True)
    reason = reasons(pipeline)["bad.png"]
    assert all(key in reason for key in ("'site'", "'speed'", "'at'"))


def test_a_strict_build_names_all_faults_and_writes_nothing(pipeline: Pipeline) -> None:
    describe(pipeline, CustomMetadata(sidecars="required"))
    pipeline.exclude = ("**/*.metadata.json",)
    pipeline.strict = True
    pipeline.bucket.put("good.png", media.image())
    pipeline.bucket.put("good.png.metadata.json", b"{}")
    pipeline.bucket.put("no-sidecar.png", media.image())
    pipeline.bucket.put("empty.png", b"")
    pipeline.bucket.put("model.blend", b"BLENDER")

    with pytest.raises(BadManifest) as refused:
        pipeline.build()

    told = "\n".join(refused.value.faults)
    assert all(name in told for name in ("no-sidecar.png", "empty.png", "model.blend"))
    assert "good.png" not in told
    assert pipeline.ledger.manifests.of_run(pipeline.run().key) == []
    with pipeline.ledger.transaction() as connection:
        fates = {fate for (fate,) in connection.exec_driver_sql("SELECT fate FROM objects")}
    assert fates == {Fate.NEW}

    for name in ("no-sidecar.png", "empty.png", "model.blend"):
        pipeline.bucket.delete(name)
    assert set(units(pipeline)) == {"good.png"}


def test_every_fault_that_a_source_finds_is_told(pipeline: Pipeline) -> None:
    def broken(_: Unit, objects: Sequence[BucketObject]) -> dict[str, object]:
        raise BadTable(objects[0].key, ["first", "second"])

    pipeline.description = Description(sources=(broken,))
    pipeline.bucket.put("a.png", media.image())

    assert units(pipeline) == {}
    prefix = pipeline.bucket.prefix
    assert reasons(pipeline) == {"a.png": f"{prefix}a.png: first; {prefix}a.png: second"}
