"""Object URLs: odd keys, their spelling, and the title that they stand in for."""

import pytest
from encord.storage import StorageFolder

from tests import media
from tests.bucket import Bucket
from tests.contract.registration import registered


def test_a_title_that_is_not_given_is_the_path_of_the_url(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    manifest = {"images": [{"objectUrl": bucket.put("a.png", media.image())}]}
    [item] = registered(folder, integration, manifest)
    assert item.name == f"/{bucket.name}/{bucket.prefix}a.png"


@pytest.mark.parametrize(
    "key",
    [
        "with space.png",
        "1+(32).png",
        "a#b.png",
        "100%.png",
        "who?.png",
        "żółw/日本.png",
        "literal%20.png",
        "a&b=c;d.png",
    ],
)
def test_an_object_with_an_odd_key_is_found_and_keeps_its_url(
    folder: StorageFolder, integration: str, bucket: Bucket, key: str
) -> None:
    url = bucket.put(key, media.image())
    [item] = registered(folder, integration, {"images": [{"objectUrl": url}]})
    assert (item.url, item.file_size) == (url, len(media.image()))


def test_a_plus_in_an_s3_url_is_a_space_in_the_key(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    url = bucket.put("night shift.png", media.image()).replace("%20", "+")
    [item] = registered(folder, integration, {"images": [{"objectUrl": url}]})
    assert item.url == url
