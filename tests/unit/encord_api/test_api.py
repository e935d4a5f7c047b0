"""Encord as the rest of the package sees it."""

import re
import time
from importlib.metadata import version
from uuid import uuid4

import pytest

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.connection import USER_AGENT, Credentials
from encord_provider.errors import EncordUnavailable, Refused
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.units import Unit
from encord_provider.sandbox.testing import RunningSandbox
from encord_provider.uploads.progress import JobStatus, Progress
from tests import media
from tests.bucket import Bucket
from tests.unit.encord_api.keys import KEY
from tests.unit.encord_api.registered import registered_images

PATIENCE_SECONDS = 30


@pytest.fixture
def folder(api: EncordApi) -> str:
    """Make an empty folder and return its UUID."""
    return api.folder(f"fleet {uuid4().hex[:8]}", create=True)


def ended(api: EncordApi, folder: str, job: str) -> Progress:
    """Wait for the end of a job."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while (progress := api.upload_progress(folder, job)).status is JobStatus.PENDING:
        assert time.monotonic() < give_up_at, progress
        time.sleep(0.02)
    return progress


def units(bucket: Bucket) -> tuple[Unit, ...]:
    """Put two images, a group, a series and a text named like an image into the bucket."""
    images = [bucket.put(f"{n} +é.png", media.image(shade=n)) for n in range(4)]
    slices = [bucket.put(f"ct/{n}.dcm", media.dicom(n)) for n in range(2)]
    return (
        Unit(Kind.IMAGE, "one", (images[0],), client_metadata={"site": "north"}),
        Unit(Kind.IMAGE, "two", (images[1],)),
        Unit(Kind.IMAGE_GROUP, "group", (images[2], images[3])),
        Unit(Kind.DICOM_SERIES, "series", tuple(slices)),
        Unit(Kind.IMAGE, "poison", (bucket.put("poison.png", b"a text"),)),
    )


def test_the_user_agent_names_the_installed_version() -> None:
    assert USER_AGENT.split("/") == ["airflow-provider-encord", version("airflow-provider-encord")]


def test_units_of_several_kinds_land_and_refused_ones_come_with_encords_reason(
    api: EncordApi, folder: str, bucket: Bucket
) -> None:
    given = units(bucket)
    job = api.start_upload(folder, api.integration(None), Manifest(given))

    progress = ended(api, folder, job)

    assert (progress.status, progress.done, progress.refused, progress.pending) == (JobStatus.DONE, 4, 1, 0)
    assert set(progress.items) == {"one", "two", "group", "series"}
    ((refusal),) = progress.refusals
    assert refusal.urls == given[-1].urls
    assert refusal.reason
    items = {item.name: item for item in api.items(folder, metadata=True)}
    assert {name: item.uuid for name, item in items.items()} == progress.items
    assert (items["one"].url, items["one"].client_metadata) == (given[0].urls[0], {"site": "north"})
    assert items["group"].url is None
    assert api.member_urls(items["group"].uuid) == set(given[2].urls)
    assert api.member_urls(items["series"].uuid) == set(given[3].urls)


def test_a_job_that_stands_still_is_pending_at_once(
    api: EncordApi, folder: str, bucket: Bucket, sandbox: RunningSandbox
) -> None:
    sandbox.hold_jobs()
    job = api.start_upload(folder, api.integration(None), Manifest(units(bucket)))
    before = len(sandbox.requests)

    progress = api.upload_progress(folder, job)

    assert (progress.status, progress.pending, progress.items) == (JobStatus.PENDING, 5, {})
    assert len([seen for seen in sandbox.requests[before:] if job in seen.path]) == 1


def test_a_cancelled_job_registers_nothing_more(
    api: EncordApi, folder: str, bucket: Bucket, sandbox: RunningSandbox
) -> None:
    sandbox.hold_jobs()
    job = api.start_upload(folder, api.integration(None), Manifest(units(bucket)))

    api.cancel_upload(folder, job)
    sandbox.hold_jobs(held=False)

    progress = ended(api, folder, job)
    assert (progress.status, progress.cancelled) == (JobStatus.CANCELLED, 5)
    assert list(api.items(folder)) == []


def test_the_start_of_a_job_is_sent_once_even_when_its_answer_is_lost(
    api: EncordApi, folder: str, bucket: Bucket, sandbox: RunningSandbox
) -> None:
    manifest = Manifest(units(bucket)[:1])
    integration = api.integration(None)
    sandbox.faults.add("drop_after", method="POST", path="data-upload-jobs$")

    with pytest.raises(EncordUnavailable, match="start an upload job of 1 units"):
        api.start_upload(folder, integration, manifest)

    starts = [
        s
        for s in sandbox.requests
        if s.method == "POST" and re.search(rf"{folder}/data-upload-jobs$", s.path)
    ]
    assert len(starts) == 1


def test_a_rate_limit_carries_the_time_to_wait(api: EncordApi, sandbox: RunningSandbox, folder: str) -> None:
    sandbox.faults.add("status", method="POST", path="data-upload-jobs$", status=429, retry_after=7)

    with pytest.raises(EncordUnavailable) as caught:
        api.start_upload(folder, api.integration(None), Manifest(()))

    assert caught.value.retry_after == 7


def test_a_key_that_encord_does_not_know_is_refused(sandbox: RunningSandbox) -> None:
    stranger = EncordApi(Credentials(sandbox.url, KEY))

    with pytest.raises(Refused, match="list the cloud integrations"):
        stranger.integration_titles()


def test_a_job_and_a_folder_that_do_not_exist_are_refused(api: EncordApi, folder: str) -> None:
    with pytest.raises(Refused):
        api.upload_progress(folder, str(uuid4()))
    with pytest.raises(Refused):
        api.upload_progress(str(uuid4()), str(uuid4()))


def test_metadata_is_listed_only_when_it_is_asked_for(api: EncordApi, sandbox: RunningSandbox) -> None:
    folder = registered_images(sandbox, 2)

    assert [item.client_metadata for item in api.items(folder)] == [{}, {}]
    assert [item.client_metadata for item in api.items(folder, metadata=True)] == [{"n": 0}, {"n": 1}]


def test_a_folder_of_several_pages_is_listed_whole(api: EncordApi, sandbox: RunningSandbox) -> None:
    folder = registered_images(sandbox, 1200)

    names = [item.name for item in api.items(folder)]

    assert len(names) == len(set(names)) == 1200


def test_metadata_is_replaced_for_the_items_given_and_no_others(
    api: EncordApi, sandbox: RunningSandbox
) -> None:
    folder = registered_images(sandbox, 3)
    first, second, _ = api.items(folder)

    wanted = {first.uuid: {"site": "żółw", "deep": {"a": [1, None]}}, second.uuid: {}}
    sent = list(api.change_metadata(wanted, lambda uuid, _: wanted[uuid]))

    assert sent == [[first.uuid, second.uuid]]

    assert [item.client_metadata for item in api.items(folder, metadata=True)] == [
        {"site": "żółw", "deep": {"a": [1, None]}},
        {},
        {"n": 2},
    ]


def test_the_metadata_of_many_items_is_sent_in_few_requests(api: EncordApi, sandbox: RunningSandbox) -> None:
    folder = registered_images(sandbox, 1100)
    items = [item.uuid for item in api.items(folder)]
    before = len(sandbox.requests)

    sent = list(api.change_metadata(items, lambda *_: {"site": "north"}))

    assert list(map(len, sent)) == [1000, 100]
    assert len(sandbox.requests) - before < 10
    assert all(item.client_metadata == {"site": "north"} for item in api.items(folder, metadata=True))


def test_new_metadata_may_depend_on_what_an_item_has_a_moment_before(
    api: EncordApi, sandbox: RunningSandbox
) -> None:
    folder = registered_images(sandbox, 2)
    items = [item.uuid for item in api.items(folder)]

    list(api.change_metadata(items, lambda _, present: {**present, "site": "north"}))

    assert [item.client_metadata for item in api.items(folder, metadata=True)] == [
        {"n": 0, "site": "north"},
        {"n": 1, "site": "north"},
    ]


def test_setting_no_metadata_asks_nothing(api: EncordApi, sandbox: RunningSandbox) -> None:
    before = len(sandbox.requests)

    assert list(api.change_metadata([], lambda *_: {})) == []

    assert sandbox.requests[before:] == []
