"""Upload jobs: polled, held, judged, cancelled."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest
from encord.dataset import Dataset
from encord.exceptions import EncordException
from encord.orm.dataset import LongPollingStatus
from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from encord_provider.sandbox.testing import RunningSandbox
from tests import media
from tests.bucket import Bucket
from tests.contract.registration import register, trusted_images, urls_of
from tests.contract.traffic import Traffic
from tests.contract.trouble import Trouble

POLLS = "/data-upload-jobs/[^/]+$"


def start(folder: StorageFolder, integration: str, units: int = 3) -> UUID:
    """Start a job of as many images as there are *units*, which need not exist."""
    urls = [f"s3://b/{number:04}.png" for number in range(units)]
    return folder.add_private_data_to_folder_start(integration, trusted_images(urls))


@contextmanager
def after(seconds: float, act: Callable[[], object]) -> Iterator[None]:
    """Do something meanwhile, in another thread."""
    timer = threading.Timer(seconds, act)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def test_a_job_ends_done_and_counts_its_units(folder: StorageFolder, integration: str) -> None:
    state = folder.add_private_data_to_folder_get_result(start(folder, integration))
    assert state.status == LongPollingStatus.DONE
    assert (state.units_pending_count, state.units_done_count) == (0, 3)
    assert (state.units_error_count, state.units_cancelled_count) == (0, 0)
    assert (state.errors, state.unit_errors, state.file_name) == ([], [], None)
    made = {name.item_uuid: name.name for name in state.items_with_names}
    assert made == {item.uuid: item.name for item in folder.list_items()}


def test_a_group_or_a_series_is_one_unit(folder: StorageFolder, integration: str, bucket: Bucket) -> None:
    frames = {f"objectUrl_{number}": bucket.put(f"{number}.png", media.image()) for number in range(4)}
    slices = {f"objectUrl_{number}": bucket.put(f"{number}.dcm", media.dicom(number)) for number in range(5)}
    manifest = {
        "image_groups": [{"title": "g", **frames, "createVideo": False}],
        "dicom_series": [{"title": "s", **slices}],
    }
    assert register(folder, integration, manifest).units_done_count == 2


def test_another_process_polls_a_job_by_folder_and_job_alone(
    folder: StorageFolder, integration: str, sandbox: RunningSandbox
) -> None:
    job = start(folder, integration)
    elsewhere = sandbox.client().get_storage_folder(folder.uuid)
    for _ in range(2):  # an answer is not used up
        assert elsewhere.add_private_data_to_folder_get_result(job).units_done_count == 3


@pytest.mark.parametrize("timeout_seconds", [0, 1])
def test_a_short_poll_is_one_request_that_says_pending(
    folder: StorageFolder, integration: str, trouble: Trouble, traffic: Traffic, timeout_seconds: int
) -> None:
    trouble.hold_jobs()
    job = start(folder, integration)
    state = folder.add_private_data_to_folder_get_result(job, timeout_seconds)
    assert (state.status, state.units_pending_count) == (LongPollingStatus.PENDING, 3)
    assert (state.units_done_count, state.items_with_names) == (0, [])
    assert traffic.statuses("GET", POLLS) == [200]


def test_a_long_poll_is_held_for_as_long_as_it_may(
    folder: StorageFolder, integration: str, trouble: Trouble, traffic: Traffic
) -> None:
    trouble.hold_jobs()
    job = start(folder, integration)
    started = time.monotonic()
    state = folder.add_private_data_to_folder_get_result(job, timeout_seconds=2)
    assert 1.5 < time.monotonic() - started < 10
    assert state.status == LongPollingStatus.PENDING
    assert len(traffic.statuses("GET", POLLS)) <= 2  # the SDK asks again at once, so the server must hold


def test_a_held_poll_wakes_when_the_job_ends(
    folder: StorageFolder, integration: str, trouble: Trouble, traffic: Traffic
) -> None:
    trouble.hold_jobs()
    job = start(folder, integration)
    started = time.monotonic()
    with after(0.5, lambda: trouble.hold_jobs(held=False)):
        state = folder.add_private_data_to_folder_get_result(job, timeout_seconds=40)
    assert state.status == LongPollingStatus.DONE
    assert 0.4 < time.monotonic() - started < 10
    assert traffic.statuses("GET", POLLS) == [200]


def test_a_held_poll_wakes_when_the_job_is_cancelled(
    folder: StorageFolder, integration: str, trouble: Trouble, traffic: Traffic
) -> None:
    trouble.hold_jobs()
    job = start(folder, integration)
    with after(0.3, lambda: folder.add_data_to_folder_job_cancel(job)):
        state = folder.add_private_data_to_folder_get_result(job, timeout_seconds=40)
    assert state.status == LongPollingStatus.CANCELLED
    assert traffic.statuses("GET", POLLS) == [200]


def test_a_slow_job_shows_its_progress(folder: StorageFolder, integration: str, trouble: Trouble) -> None:
    trouble.pace(units_per_second=20)
    job = start(folder, integration, units=1000)
    deadline = time.monotonic() + 20
    state = folder.add_private_data_to_folder_get_result(job, 1)
    while not state.units_done_count and time.monotonic() < deadline:
        state = folder.add_private_data_to_folder_get_result(job, 1)
    assert state.status == LongPollingStatus.PENDING
    assert 0 < state.units_done_count < 1000
    assert state.units_pending_count + state.units_done_count == 1000
    trouble.pace(None)
    assert folder.add_private_data_to_folder_get_result(job).units_done_count == 1000


def test_an_unknown_job_is_refused(client: EncordUserClient, folder: StorageFolder, integration: str) -> None:
    job = start(folder, integration)
    with pytest.raises(EncordException):
        folder.add_private_data_to_folder_get_result(uuid4(), 1)
    with pytest.raises(EncordException):
        folder.add_data_to_folder_job_cancel(uuid4())
    with pytest.raises(EncordException):
        client.create_storage_folder("other").add_private_data_to_folder_get_result(job, 1)


def test_a_job_with_an_unknown_integration_is_refused(folder: StorageFolder) -> None:
    with pytest.raises(EncordException):
        start(folder, str(uuid4()))
    assert folder.get_summary().upload_jobs == 0


def test_a_job_in_a_deleted_folder_is_refused(folder: StorageFolder, integration: str) -> None:
    folder.delete()
    with pytest.raises(EncordException):
        start(folder, integration)


def mixed(bucket: Bucket) -> tuple[dict[str, object], list[str], list[str]]:
    """Write a manifest of images, one in three of which is no image; then the good URLs and the bad."""
    bodies = [media.image() if number % 3 else b"only words" for number in range(9)]
    urls = [bucket.put(f"{number}.png", body) for number, body in enumerate(bodies)]
    manifest: dict[str, object] = {"images": [{"objectUrl": url} for url in urls]}
    return manifest, [url for n, url in enumerate(urls) if n % 3], urls[::3]


def test_a_job_that_ignores_errors_ends_done_whatever_is_refused(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    manifest, good, bad = mixed(bucket)
    state = register(folder, integration, manifest, ignore_errors=True)
    assert (state.status, state.units_done_count, state.units_error_count) == (LongPollingStatus.DONE, 6, 3)
    assert sorted(error.object_urls[0] for error in state.unit_errors) == bad
    assert len({error.subtask_uuid for error in state.unit_errors}) == 3
    assert urls_of(folder) == good


def test_a_job_that_ignores_errors_ends_done_even_when_all_is_refused(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    manifest = {"images": [{"objectUrl": bucket.url("nowhere.png")}]}
    state = register(folder, integration, manifest, ignore_errors=True)
    assert (state.status, state.units_done_count, state.units_error_count) == (LongPollingStatus.DONE, 0, 1)
    assert urls_of(folder) == []


def test_a_job_that_minds_errors_ends_in_error_and_leaves_the_rest(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    manifest, good, bad = mixed(bucket)
    state = register(folder, integration, manifest)
    assert state.status == LongPollingStatus.ERROR
    assert state.units_pending_count == 0
    assert state.units_error_count >= 1
    assert state.units_cancelled_count >= 1
    assert state.units_done_count + state.units_error_count + state.units_cancelled_count == 9
    assert state.errors
    assert {url for error in state.unit_errors for url in error.object_urls} <= set(bad)
    assert set(urls_of(folder)) <= set(good)
    assert len(urls_of(folder)) == state.units_done_count


def test_a_job_that_minds_errors_ends_done_when_there_is_none(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    manifest = {"images": [{"objectUrl": bucket.put("a.png", media.image())}]}
    state = register(folder, integration, manifest)
    assert (state.status, state.units_done_count, state.errors) == (LongPollingStatus.DONE, 1, [])


def test_a_cancelled_job_registers_nothing_more(
    folder: StorageFolder, integration: str, trouble: Trouble
) -> None:
    trouble.hold_jobs()
    job = start(folder, integration)
    assert folder.add_data_to_folder_job_cancel(job).units_cancelled_count == 3
    trouble.hold_jobs(held=False)
    state = folder.add_private_data_to_folder_get_result(job)
    assert state.status == LongPollingStatus.CANCELLED
    assert (state.units_pending_count, state.units_done_count, state.units_cancelled_count) == (0, 0, 3)
    register(folder, integration, trusted_images(["s3://b/later.png"]))  # whatever ran before it has ended
    assert urls_of(folder) == ["s3://b/later.png"]


def test_what_was_processed_before_a_cancel_stays(
    folder: StorageFolder, integration: str, trouble: Trouble
) -> None:
    trouble.pace(units_per_second=50)
    job = start(folder, integration, units=1000)
    deadline = time.monotonic() + 20
    while not urls_of(folder) and time.monotonic() < deadline:
        folder.add_private_data_to_folder_get_result(job, 0)
    cancelled = folder.add_data_to_folder_job_cancel(job).units_cancelled_count
    trouble.pace(None)
    state = folder.add_private_data_to_folder_get_result(job)
    assert state.status == LongPollingStatus.CANCELLED
    assert state.units_cancelled_count == cancelled > 0
    assert state.units_done_count == 1000 - cancelled > 0
    assert len(urls_of(folder)) == state.units_done_count


def test_a_cancel_after_the_end_changes_nothing(folder: StorageFolder, integration: str) -> None:
    job = start(folder, integration)
    before = folder.add_private_data_to_folder_get_result(job)
    assert folder.add_data_to_folder_job_cancel(job).units_cancelled_count == 0
    assert folder.add_private_data_to_folder_get_result(job) == before
    assert len(urls_of(folder)) == 3


def test_many_clients_at_once_are_all_served(
    client: EncordUserClient, integration: str, dataset: Dataset
) -> None:
    def work(number: int) -> int:
        folder = client.create_storage_folder(f"crowd {number}")
        register(folder, integration, trusted_images([f"s3://b/{number}/{n}.png" for n in range(20)]))
        items = list(folder.list_items(page_size=7))
        items[0].update(client_metadata={"number": number})
        return len(dataset.link_items([item.uuid for item in items]))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(16))) == [20] * 16
    assert len(dataset.list_data_rows()) == 320
