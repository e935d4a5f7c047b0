"""A sandbox that is killed in the middle of its work and started again: nothing is lost."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from encord.orm.dataset import LongPollingStatus, StorageLocation
from encord.orm.storage import StorageItemType

from demo.server_process import ServerDied
from encord_provider.sandbox.cloud import Integration
from tests import media
from tests.bucket import Bucket
from tests.contract.registration import trusted_images, urls_of
from tests.contract.sandbox_process import SandboxProcess, sandbox_process
from tests.contract.trouble import Trouble

TRUSTED_URLS = [f"s3://b/{number:04}.png" for number in range(300)]
"""Of objects that need not be read, and so need not exist."""


@pytest.fixture
def state(tmp_path: Path, s3_integration: Integration) -> Path:
    """Write the config of a sandbox that knows the S3 server."""
    config = {"integrations": [s3_integration.revealed()]}
    (tmp_path / "config.json").write_text(json.dumps(config))
    return tmp_path


@dataclass(frozen=True)
class Acknowledged:
    """What a sandbox had said yes to when it was killed."""

    folder: UUID

    dataset: str

    slow: UUID
    """A job that was in the middle of its work."""

    waiting: UUID
    """A job that had hardly begun."""

    items: frozenset[UUID]
    """What the slow job had registered by then, or less."""


def work_until_killed(sandbox: SandboxProcess, integration: str, read: list[str]) -> Acknowledged:
    """Make one of each thing and start two jobs; then cut the power."""
    client = sandbox.client()
    Trouble(sandbox.url).pace(units_per_second=50)
    folder = client.create_storage_folder("fleet", client_metadata={"site": "north"})
    dataset = client.create_dataset("fleet", StorageLocation.AWS, create_backing_folder=False)
    schema = client.metadata_schema()
    schema.add_scalar("site", data_type="text")
    schema.save()
    slow = folder.add_private_data_to_folder_start(integration, trusted_images(TRUSTED_URLS))
    manifest = {"images": [{"objectUrl": url} for url in read]}
    waiting = folder.add_private_data_to_folder_start(integration, manifest)
    deadline = time.monotonic() + 30
    state = folder.add_private_data_to_folder_get_result(slow, 0)
    while len(state.items_with_names) < 20 and time.monotonic() < deadline:
        state = folder.add_private_data_to_folder_get_result(slow, 0)
    sandbox.kill()
    assert state.units_pending_count > 0
    items = frozenset(item.item_uuid for item in state.items_with_names)
    return Acknowledged(folder.uuid, dataset.dataset_hash, slow, waiting, items)


def ends_in_order(sandbox: SandboxProcess) -> bool:
    """Ask the process to end, and say whether it did so without complaint."""
    sandbox.process.terminate()
    with pytest.raises(ServerDied) as ended:
        sandbox.process.wait_until(lambda: False, seconds=15)
    return ended.value.code == 0


def test_a_sandbox_that_is_killed_loses_nothing_and_goes_on_where_it_was(
    state: Path, integration: str, bucket: Bucket
) -> None:
    read = [bucket.put(f"{number}.png", media.image()) for number in range(5)]
    with sandbox_process(state) as sandbox:
        known = work_until_killed(sandbox, integration, read)
    with sandbox_process(state) as sandbox:
        client = sandbox.client()
        folder = client.get_storage_folder(known.folder)
        assert (folder.name, folder.client_metadata) == ("fleet", {"site": "north"})
        assert client.get_dataset(known.dataset).title == "fleet"
        assert client.metadata_schema().get_key_type("site") == "text"
        assert [found.id for found in client.get_cloud_integrations()] == [integration]
        slow = folder.add_private_data_to_folder_get_result(known.slow, timeout_seconds=60)
        assert (slow.status, slow.units_done_count) == (LongPollingStatus.DONE, len(TRUSTED_URLS))
        assert known.items <= {item.item_uuid for item in slow.items_with_names}
        waiting = folder.add_private_data_to_folder_get_result(known.waiting, timeout_seconds=60)
        assert (waiting.status, waiting.units_done_count) == (LongPollingStatus.DONE, len(read))
        assert sorted(map(str, urls_of(folder))) == sorted([*TRUSTED_URLS, *read])
        assert (state / "private_key").stat().st_mode & 0o777 == 0o600
        assert ends_in_order(sandbox)


@pytest.mark.slow
def test_a_sandbox_that_is_killed_again_and_again_finishes_its_job(
    state: Path, integration: str, bucket: Bucket
) -> None:
    pictures = [bucket.put(f"{number}.png", media.image(shade=number)) for number in range(60)]
    groups = [
        {
            "title": f"group {n}",
            "objectUrl_0": pictures[n],
            "objectUrl_1": pictures[n + 1],
            "createVideo": False,
        }
        for n in range(0, 60, 2)
    ]
    slices = {f"objectUrl_{number}": bucket.put(f"{number}.dcm", media.dicom(number)) for number in range(8)}
    manifest = {
        "images": [{"objectUrl": url, "title": url} for url in pictures],
        "image_groups": groups,
        "dicom_series": [{"title": "series", **slices}],
        "skip_duplicate_urls": True,
    }
    with sandbox_process(state) as sandbox:
        Trouble(sandbox.url).hold_jobs()
        folder_uuid = sandbox.client().create_storage_folder("fleet").uuid
        folder = sandbox.client().get_storage_folder(folder_uuid)
        job = folder.add_private_data_to_folder_start(integration, manifest)
        sandbox.kill()  # acknowledged, and not begun
    done_before = 0
    for _ in range(4):
        with sandbox_process(state) as sandbox:
            Trouble(sandbox.url).pace(units_per_second=20)
            folder = sandbox.client().get_storage_folder(folder_uuid)
            done = folder.add_private_data_to_folder_get_result(job, 1).units_done_count
            sandbox.kill()
        assert done >= done_before
        done_before = done
    with sandbox_process(state) as sandbox:
        folder = sandbox.client().get_storage_folder(folder_uuid)
        after = folder.add_private_data_to_folder_get_result(job, timeout_seconds=60)
        assert (after.status, after.units_done_count) == (LongPollingStatus.DONE, 91)
        names = sorted(item.name for item in folder.list_items())
        assert names == sorted([*pictures, *(str(group["title"]) for group in groups), "series"])
        [series] = folder.list_items(item_types=[StorageItemType.DICOM_SERIES])
        assert len(list(series.get_child_items())) == 8
