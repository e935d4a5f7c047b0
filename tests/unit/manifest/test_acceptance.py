"""What we write is what others take: the SDK's models, and an Encord."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from encord.orm.dataset import LongPollingStatus
from encord.orm.storage import DataUploadItems, StorageItemType
from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from encord_provider.encord_api.items import upload_items
from encord_provider.manifest.json_writer import Dialect
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.units import Unit
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.limits import Limits
from encord_provider.sandbox.manifests import read_manifest
from encord_provider.sandbox.testing import RunningSandbox, running_sandbox
from tests import media
from tests.bucket import Bucket
from tests.unit.manifest.every_kind import DOCUMENTED, KEY_FRAMES, TYPED


def without_nulls(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Leave out the null title of a DICOM file, which the SDK demands to be given and does not send."""
    if isinstance(value, list):
        return [without_nulls(entry) for entry in value]
    if isinstance(value, dict):
        return {key: without_nulls(v) for key, v in value.items() if key != "title" or v is not None}
    return value


@pytest.mark.parametrize("unit", TYPED, ids=lambda unit: f"{unit.kind} {unit.title}")
def test_the_sdks_models_take_the_typed_form_and_drop_nothing_of_it(unit: Unit) -> None:
    manifest = Manifest((unit,), skip_duplicate_urls=True, upsert_metadata=True)

    sent = upload_items(manifest).to_dict()

    ours = without_nulls(manifest.to_typed())
    if unit.settings:  # the SDK adds its defaults to the settings of a channel
        (channel,) = sent["timeSeries"][0]["settings"]["channels"].values()
        assert channel.pop("hidden") is False
    assert sent == ours


def test_the_typed_form_has_every_list_of_the_sdk() -> None:
    assert set(Manifest(()).to_typed()) == set(DataUploadItems().to_dict())


@pytest.mark.parametrize(("dialect", "units"), [(Dialect.DOCUMENTED, DOCUMENTED), (Dialect.TYPED, TYPED)])
def test_the_sandbox_reads_every_kind_of_either_dialect(dialect: Dialect, units: tuple[Unit, ...]) -> None:
    document = json.loads(Manifest(units).to_json(dialect))

    read = read_manifest(document, Limits()).units

    assert sorted(unit.title or "" for unit in read) == sorted(unit.title for unit in units)
    assert {unit.title: tuple(unit.urls) for unit in read if unit.kind != "SCENE"} == {
        unit.title: unit.urls for unit in units if unit.kind is not Kind.SCENE
    }


@pytest.fixture(scope="module")
def sandbox(s3_integration: Integration) -> Iterator[RunningSandbox]:
    """Run an Encord."""
    with running_sandbox(integrations=[s3_integration]) as running:
        yield running


def new_folder(sandbox: RunningSandbox, name: str) -> StorageFolder:
    """Make a folder."""
    client = EncordUserClient.create_with_ssh_private_key(sandbox.private_key, domain=sandbox.url)
    return client.create_storage_folder(name)


def register(folder: StorageFolder, integration: Integration, manifest: Manifest, dialect: Dialect) -> None:
    """Register every unit of a manifest, as the SDK sends it."""
    sent: Any = upload_items(manifest) if dialect is Dialect.TYPED else json.loads(manifest.to_json(dialect))
    job = folder.add_private_data_to_folder_start(str(integration.uuid), sent)
    state = folder.add_private_data_to_folder_get_result(job, timeout_seconds=60)
    assert (state.status, state.units_error_count) == (LongPollingStatus.DONE, 0), state


def real_units(bucket: Bucket) -> tuple[Unit, ...]:
    """Put a file of every kind into the bucket, and make units of them."""
    single = {
        Kind.VIDEO: ("a.mp4", media.video()),
        Kind.IMAGE: ("a.png", media.image()),
        Kind.AUDIO: ("a.wav", media.audio()),
        Kind.PDF: ("a.pdf", media.pdf()),
        Kind.TEXT: ("a.txt", b"words"),
        Kind.NIFTI: ("a.nii", media.nifti()),
        Kind.TIME_SERIES: ("a.csv", media.signals()),
    }
    frames = tuple(bucket.put(f"{n}.png", media.image(shade=n)) for n in range(2))
    slices = tuple(bucket.put(f"{n}.dcm", media.dicom(n)) for n in (1, 2))
    cloud = bucket.put("a.pcd", media.point_cloud())
    return (
        *(Unit(kind, name, (bucket.put(name, content),)) for kind, (name, content) in single.items()),
        Unit(Kind.IMAGE_GROUP, "group", frames),
        Unit(Kind.IMAGE_SEQUENCE, "sequence", frames),
        Unit(Kind.DICOM_SERIES, "series", slices),
        Unit(Kind.SCENE, "scene", (), scene={"url": cloud, "format": "pcd"}),
    )


@pytest.mark.parametrize("dialect", list(Dialect))
def test_an_upload_job_registers_a_unit_of_every_kind(
    sandbox: RunningSandbox, s3_integration: Integration, bucket: Bucket, dialect: Dialect
) -> None:
    units = real_units(bucket)
    assert {unit.kind for unit in units} == set(Kind)
    folder = new_folder(sandbox, f"every kind, {dialect}")

    register(folder, s3_integration, Manifest(units), dialect)

    assert sorted(item.name for item in folder.list_items()) == sorted(unit.title for unit in units)


@pytest.mark.parametrize("dialect", list(Dialect))
def test_an_upload_job_registers_groups_and_sequences_of_items_that_are_there(
    sandbox: RunningSandbox, s3_integration: Integration, bucket: Bucket, dialect: Dialect
) -> None:
    folder = new_folder(sandbox, f"of items, {dialect}")
    urls = [bucket.put(f"{n}.png", media.image(shade=n)) for n in range(2)]
    images = tuple(Unit(Kind.IMAGE, f"{n}.png", (url,)) for n, url in enumerate(urls))
    register(folder, s3_integration, Manifest(images), dialect)
    items = tuple(str(item.uuid) for item in folder.list_items())

    made = (
        Unit(Kind.IMAGE_GROUP, "group", (), items=items),
        Unit(Kind.IMAGE_SEQUENCE, "sequence", (), items=items),
    )
    register(folder, s3_integration, Manifest(made), dialect)

    types = {item.name: item.item_type for item in folder.list_items() if item.name in ("group", "sequence")}
    assert types == {"group": StorageItemType.IMAGE_GROUP, "sequence": StorageItemType.IMAGE_SEQUENCE}


@pytest.mark.parametrize("dialect", list(Dialect))
def test_what_is_supplied_with_a_unit_arrives_whole(
    sandbox: RunningSandbox, s3_integration: Integration, dialect: Dialect
) -> None:
    folder = new_folder(sandbox, f"supplied, {dialect}")
    image, video = (
        next(u for u in DOCUMENTED if u.kind is kind and u.media) for kind in (Kind.IMAGE, Kind.VIDEO)
    )
    supplied = (
        replace(image, title="embedded", client_metadata={"clip": [0.25, -1.0, 3.0]}),
        replace(video, title="key frames", client_metadata={"site": "north", **KEY_FRAMES.metadata()}),
    )

    register(folder, s3_integration, Manifest(supplied), dialect)

    items = {item.name: item for item in folder.list_items()}
    assert {name: item.client_metadata for name, item in items.items()} == {
        unit.title: unit.client_metadata for unit in supplied
    }
    assert (items["key frames"].fps, items["key frames"].width) == (23.98, 1280)
