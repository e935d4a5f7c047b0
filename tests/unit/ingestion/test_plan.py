"""New objects to manifests: what is taken, what waits, what is set aside."""

import time

import boto3  # type: ignore[import-untyped]  # it ships none
import pytest

from encord_provider.errors import LeaseHeld
from encord_provider.ingestion import plan, sieve
from encord_provider.ingestion.receipt import receipt
from encord_provider.manifest.manifests import Manifest
from tests import media
from tests.unit.ingestion.conftest import Pipeline


def reasons(pipeline: Pipeline, run: str = "run") -> dict[str, str]:
    """Map the file names in quarantine to their reasons."""
    found = receipt(pipeline.run(run)).quarantine
    return {entry.key.removeprefix(pipeline.bucket.prefix): entry.reason for entry in found}


def test_odd_keys_land_under_their_own_names(pipeline: Pipeline) -> None:
    keys = ["a b.png", "a+b.png", "a#b.png", "50%.png", "what?.png", "a%20b.png", "Zürich/カメラ.png"]
    for shade, key in enumerate(keys):
        pipeline.bucket.put(key, media.image(shade=shade))

    assert pipeline.ingest().registered == len(keys)
    assert {item.name for item in pipeline.items()} == {pipeline.bucket.prefix + key for key in keys}
    assert {item.url for item in pipeline.items()} == {pipeline.bucket.url(key) for key in keys}


def test_objects_that_cannot_be_registered_go_to_quarantine_before_encord_is_asked(
    pipeline: Pipeline,
) -> None:
    pipeline.bucket.put("good.png", media.image())
    pipeline.bucket.put("empty.png", b"")
    pipeline.bucket.put("model.blend", b"BLENDER")

    (manifest,) = pipeline.build()

    record = pipeline.ledger.manifests.get(manifest)
    assert len(Manifest.from_json(pipeline.storage.read(record.uri)).units) == 1
    assert reasons(pipeline) == {"empty.png": "the object is empty", "model.blend": sieve.UNSUPPORTED}


def test_a_folder_marker_of_a_console_is_no_object(pipeline: Pipeline) -> None:
    pipeline.bucket.put("good.png", media.image())
    pipeline.bucket.put("half.tmp", b"...")
    server = pipeline.bucket.server
    client = boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=server.secret_access_key,
    )
    client.put_object(Bucket=pipeline.bucket.name, Key=f"{pipeline.bucket.prefix}directory/", Body=b"")

    account = pipeline.ingest()

    assert (account.registered, account.excluded, account.discovered) == (1, 1, 2)


def test_a_dicom_file_of_another_study_is_left_out_and_the_series_lands(pipeline: Pipeline) -> None:
    for number in range(1, 4):
        pipeline.bucket.put(f"ct/{number}.dcm", media.dicom(number))
    pipeline.bucket.put("ct/4.dcm", media.dicom(4, study="1.2.3.4"))

    account = pipeline.ingest()

    assert (account.registered, account.quarantined, account.closed) == (3, 1, True)
    assert "a file of study 1.2.3.4 in a series of study" in reasons(pipeline)["ct/4.dcm"]


def test_members_of_a_group_wait_for_the_one_that_has_not_settled(pipeline: Pipeline) -> None:
    pipeline = pipeline.grouped(image_groups=r"(?P<unit>.*/rig)/")
    pipeline.bucket.put("rig/1.png", media.image())
    time.sleep(4)  # the store keeps whole seconds, and nobody can set them
    pipeline.bucket.put("rig/2.png", media.image(shade=2))
    older, _ = sorted(
        o.last_modified.timestamp() for o in next(pipeline.source.bucket.pages(pipeline.bucket.prefix))
    )
    pipeline.settle_seconds = time.time() - older - 1

    first = pipeline.ingest("first")
    assert (first.registered, first.pending, first.closed) == (0, 2, True)

    pipeline.settle_seconds = 0
    second = pipeline.ingest("second")
    assert (second.registered, second.pending, second.closed) == (2, 0, True)
    (group,) = pipeline.items()
    assert group.item_type.value == "imageGroup"


def test_a_late_member_does_not_make_a_second_group(pipeline: Pipeline) -> None:
    pipeline = pipeline.grouped(image_groups=r"(?P<unit>.*/rig)/")
    pipeline.bucket.put("rig/1.png", media.image())
    pipeline.ingest("first")
    pipeline.bucket.put("rig/2.png", media.image(shade=2))

    second = pipeline.ingest("second")

    assert (second.already, second.quarantined, second.closed) == (1, 1, True)
    assert reasons(pipeline, "second") == {
        "rig/2.png": f"it came late: {pipeline.bucket.prefix}rig was submitted without it"
    }


def test_frames_are_in_natural_order(pipeline: Pipeline) -> None:
    pipeline = pipeline.grouped(image_sequences=r"(?P<unit>.*/drive)/")
    for number in (1, 2, 10):
        pipeline.bucket.put(f"drive/frame_{number}.png", media.image(shade=number))

    (manifest,) = pipeline.build()

    (unit,) = Manifest.from_json(pipeline.storage.read(pipeline.ledger.manifests.get(manifest).uri)).units
    assert [url.rpartition("_")[2] for url in unit.urls] == ["1.png", "2.png", "10.png"]


def test_building_again_gives_the_same_manifests(pipeline: Pipeline) -> None:
    for shade in range(5):
        pipeline.bucket.put(f"{shade}.png", media.image(shade=shade))

    assert pipeline.build(units_per_job=2) == pipeline.build(units_per_job=2)


def test_a_changed_object_is_not_registered_a_second_time(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image(shade=1))
    pipeline.ingest("first")
    pipeline.bucket.put("a.png", media.image(shade=2))

    second = pipeline.ingest("second")

    assert (second.registered, second.already, second.closed) == (0, 1, True)
    assert len(pipeline.items()) == 1


def test_a_mended_object_is_taken_out_of_its_quarantine(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", b"")
    assert pipeline.ingest("first").quarantined == 1
    pipeline.bucket.put("a.png", media.image())

    second = pipeline.ingest("second")

    assert (second.registered, second.quarantined, second.closed) == (1, 0, True)


def test_another_run_takes_over_manifests_that_a_dead_run_left(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image())
    left_behind = pipeline.build("dead")

    assert pipeline.build("alive") == left_behind
    alive = pipeline.ingest("alive")
    assert (alive.registered, alive.closed) == (1, True)


def test_only_one_run_builds_for_a_folder_at_a_time(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "BUILD_PATIENCE_SECONDS", 0)
    other = pipeline.run("other")

    with (
        other.ledger.leases.hold(f"build {other.target}", "other", 60),
        pytest.raises(LeaseHeld, match="other"),
    ):
        pipeline.build("run")


def test_a_refused_group_comes_again_as_a_whole_when_one_member_is_mended(pipeline: Pipeline) -> None:
    pipeline = pipeline.grouped(image_groups=r"(?P<unit>.*/rig)/")
    pipeline.bucket.put("rig/1.png", media.image(shade=1))
    pipeline.bucket.put("rig/2.png", b"not a picture")
    assert pipeline.ingest("first").quarantined == 2
    pipeline.bucket.put("rig/2.png", media.image(shade=2))

    second = pipeline.ingest("second")

    assert (second.registered, second.quarantined, second.closed) == (2, 0, True)
    (group,) = pipeline.items()
    assert group.item_type.value == "imageGroup"
    assert len(list(group.get_child_items())) == 2


def test_each_receipt_names_all_that_is_in_quarantine(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", b"")
    pipeline.ingest("first")

    assert set(reasons(pipeline, "first")) == {"a.png"}
    pipeline.ingest("second")
    assert set(reasons(pipeline, "second")) == {"a.png"}


def test_a_new_version_of_a_member_on_its_way_waits_until_its_group_has_landed(pipeline: Pipeline) -> None:
    grouped = pipeline.grouped(image_groups=r"(?P<unit>.*rig)/")
    for number in (1, 2):
        pipeline.bucket.put(f"rig/{number}.png", media.image(shade=number))
    (manifest,) = grouped.build("first")
    pipeline.bucket.put("rig/2.png", media.image(shade=3))

    assert grouped.build("second") == [manifest]
    assert receipt(pipeline.run("second")).pending == 1
    pipeline.settle(pipeline.submit(manifest, "first"))
    third = grouped.ingest("third")

    assert (third.already, third.quarantined, third.closed) == (2, 0, True)
    assert len(pipeline.items()) == 1


def test_a_manifest_whose_objects_are_gone_is_submitted_by_the_next_run(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image())
    (manifest,) = pipeline.build("first")
    pipeline.bucket.delete("a.png")

    assert pipeline.build("second") == [manifest]
    pipeline.settle(pipeline.submit(manifest, "second"))

    assert pipeline.ledger.manifests.get(manifest).settled_at is not None
    (reason,) = pipeline.ledger.objects.reasons([manifest], 10)
    assert "does not exist" in reason
