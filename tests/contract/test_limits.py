"""The published limits: what is one too many is refused, what just fits is not."""

import pytest
from encord.exceptions import InvalidArgumentsError
from encord.orm.dataset import LongPollingStatus
from encord.storage import StorageFolder

from tests import media
from tests.bucket import Bucket
from tests.contract.registration import (
    Manifest,
    expect_refusal,
    register,
    registered,
    trusted_images,
    urls_of,
)

URL_BYTES = 16 * 1024
TITLE_CHARACTERS = 300
METADATA_BYTES = 10 * 1024 * 1024
MANIFEST_ITEMS = 500_000
MANIFEST_URLS = 1_000_000


def url_of(size: int) -> str:
    """Spell a URL of *size* bytes."""
    return "s3://b/".ljust(size, "x")


def refused_at_once(folder: StorageFolder, integration: str, manifest: Manifest) -> None:
    """Expect that not even a job is made."""
    with pytest.raises(InvalidArgumentsError):
        folder.add_private_data_to_folder_start(integration, manifest, ignore_errors=True)
    assert folder.get_summary().upload_jobs == 0


def test_a_url_has_at_most_16_kib(folder: StorageFolder, integration: str) -> None:
    facts = {"mimeType": "image/png", "fileSize": 1, "width": 2, "height": 3}
    entry = {"title": "a", "objectUrl": url_of(URL_BYTES + 1), "imageMetadata": facts}
    refused_at_once(folder, integration, {"images": [entry]})
    register(folder, integration, {"images": [{**entry, "objectUrl": url_of(URL_BYTES)}]})
    assert urls_of(folder) == [url_of(URL_BYTES)]


def test_a_url_in_a_group_has_at_most_16_kib(folder: StorageFolder, integration: str) -> None:
    frames = {"objectUrl_0": "s3://b/0.png", "objectUrl_1": url_of(URL_BYTES + 1)}
    refused_at_once(folder, integration, {"image_groups": [{"title": "g", **frames, "createVideo": False}]})


@pytest.mark.parametrize("url", ["s3://b/with space.png", "s3://b/with\ttab.png", "s3://b/with\nbreak.png"])
def test_a_url_has_no_whitespace(folder: StorageFolder, integration: str, url: str) -> None:
    expect_refusal(folder, integration, trusted_images([url]))


def test_a_title_has_at_most_300_characters(folder: StorageFolder, integration: str, bucket: Bucket) -> None:
    url = bucket.put("a.png", media.image())
    titles = ["ż" * TITLE_CHARACTERS, "ż" * (TITLE_CHARACTERS + 1)]
    manifest = {"images": [{"objectUrl": url, "title": title} for title in titles]}
    state = register(folder, integration, manifest, ignore_errors=True)
    assert (state.status, state.units_done_count, state.units_error_count) == (LongPollingStatus.DONE, 1, 1)
    assert [item.name for item in folder.list_items()] == titles[:1]


def test_the_metadata_of_an_item_has_at_most_10_mib(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    url = bucket.put("a.png", media.image())
    sizes = {"fits": METADATA_BYTES - 1000, "does not": METADATA_BYTES}
    entries = [
        {"objectUrl": url, "title": title, "clientMetadata": {"text": "x" * size}}
        for title, size in sizes.items()
    ]
    state = register(folder, integration, {"images": entries}, ignore_errors=True)
    assert (state.units_done_count, state.units_error_count) == (1, 1)
    assert [item.name for item in folder.list_items(include_client_metadata=False)] == ["fits"]


def test_an_update_obeys_the_limit_of_metadata_too(folder: StorageFolder, integration: str) -> None:
    [item] = registered(folder, integration, trusted_images(["s3://b/a.png"], site="north"))
    with pytest.raises(InvalidArgumentsError):
        item.update(client_metadata={"text": "x" * METADATA_BYTES})
    item.refetch_data()
    assert item.client_metadata == {"site": "north"}


@pytest.mark.slow
def test_a_manifest_has_at_most_500_000_items(folder: StorageFolder, integration: str) -> None:
    entry = {"objectUrl": "u"}
    refused_at_once(folder, integration, {"images": [entry] * (MANIFEST_ITEMS + 1)})


@pytest.mark.slow
def test_a_manifest_has_at_most_1_000_000_urls(folder: StorageFolder, integration: str) -> None:
    group = {f"objectUrl_{number}": "u" for number in range(1000)}
    group_count, remainder = divmod(MANIFEST_URLS, 1000)
    assert remainder == 0
    refused_at_once(folder, integration, {"image_groups": [group] * group_count + [{"objectUrl_0": "u"}]})
