"""The page over HTTP: what people see of what clients did."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from encord.orm.dataset import StorageLocation
from encord.storage import StorageFolder, StorageItem

from demo.bucket_server import BucketServer
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import RunningSandbox, running_sandbox
from tests import media
from tests.bucket import Bucket

NASTY = "<script>alert('fleet')</script>"


@dataclass(frozen=True)
class Shown:
    """A sandbox with a little of everything in it, and where its pages are."""

    sandbox: RunningSandbox
    folder: StorageFolder
    job: str
    dataset: str

    @property
    def items(self) -> dict[str, StorageItem]:
        """The folder's items by name."""
        return {item.name: item for item in self.folder.list_items(page_size=1000)}

    def get(self, path: str) -> httpx.Response:
        """Fetch a page, unsigned."""
        return httpx.get(self.sandbox.url + path)

    def text(self, path: str) -> str:
        """Return the text of a page that is there, without its markup."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return re.sub(r"<[^>]*>", " ", answer.text)


@pytest.fixture(scope="module")
def bucket(bucket_server: BucketServer) -> Bucket:
    """Keep the module's objects together."""
    return Bucket(bucket_server, "tests", prefix="page/")


@pytest.fixture(scope="module")
def shown(bucket: Bucket, s3_integration: Integration) -> Iterator[Shown]:
    """Register three good objects, a group, a series and three bad objects, and link what there is."""
    manifest = {
        "images": [
            {
                "objectUrl": bucket.put("images/one.png", media.image("png")),
                "title": f"images/{NASTY}.png",
                "clientMetadata": {NASTY: {"nested": NASTY}, "site": "Ghent"},
            },
            {"objectUrl": bucket.put("not-an-image.jpg", b"words"), "title": "not-an-image.jpg"},
            {"objectUrl": bucket.url("nowhere.jpg"), "title": NASTY},
        ],
        "videos": [{"objectUrl": bucket.put("film.mp4", media.video()), "title": "film.mp4"}],
        "text": [{"objectUrl": bucket.put("log.txt", b"lines"), "title": "log.txt"}],
        "image_groups": [
            {
                "title": "junction",
                "createVideo": False,
                "objectUrl_0": bucket.put("front.png", media.image("png", shade=10)),
                "objectUrl_1": bucket.put("rear.png", media.image("png", shade=200)),
            }
        ],
        "dicom_series": [
            {
                "title": "ct-head",
                **{
                    f"objectUrl_{number}": bucket.put(f"{number}.dcm", media.dicom(number))
                    for number in range(3)
                },
            },
            {
                "title": "two patients",
                "objectUrl_0": bucket.url("0.dcm"),
                "objectUrl_1": bucket.put("stranger.dcm", media.dicom(9, study="1.2.3")),
            },
        ],
        "skip_duplicate_urls": True,
    }
    with running_sandbox(integrations=[s3_integration]) as sandbox:
        client = sandbox.client()
        folder = client.create_storage_folder("fleet", f"cameras {NASTY}")
        client.create_storage_folder(f"below {NASTY}", parent_folder=folder)
        job = folder.add_private_data_to_folder_start(str(s3_integration.uuid), manifest, ignore_errors=True)
        folder.add_private_data_to_folder_get_result(job, timeout_seconds=60)
        made = client.create_dataset("labelling", StorageLocation.S3_COMPATIBLE, create_backing_folder=False)
        dataset = client.get_dataset(made.dataset_hash)
        dataset.link_items([item.uuid for item in folder.list_items()])
        yield Shown(sandbox, folder, str(job), made.dataset_hash)


def test_the_start_page_counts_everything(shown: Shown) -> None:
    text = " ".join(shown.text("/").split())

    assert "2 folders 5 items 5 data rows 1 upload job 3 refused units" in text
    assert "1 DICOM series · 1 image · 1 image group · 1 text · 1 video" in text
    assert "labelling" in text


def test_a_folder_shows_its_items_with_facts_and_metadata(shown: Shown) -> None:
    text = shown.text(f"/folders/{shown.folder.uuid}")

    for expected in (
        "film.mp4",
        "64 \N{MULTIPLICATION SIGN} 48",
        "1.0 s",
        "10 fps",
        "10 frames",
        "junction",
        "2 images",
        "site",
        "Ghent",
    ):
        assert expected in text


def test_a_job_tells_what_it_refused_and_why(shown: Shown) -> None:
    text = shown.text(f"/jobs/{shown.job}")

    assert "Expected an image, got a file of type text/plain" in text
    assert "The object does not exist" in text
    assert "StudyInstanceUID" in text


def test_a_job_run_again_tells_what_was_there_before(shown: Shown, s3_integration: Integration) -> None:
    known = shown.items["film.mp4"].url
    again = shown.folder.add_private_data_to_folder_start(
        str(s3_integration.uuid), {"videos": [{"objectUrl": known}], "skip_duplicate_urls": True}
    )
    shown.folder.add_private_data_to_folder_get_result(again, timeout_seconds=60)

    text = " ".join(shown.text(f"/jobs/{again}").split())

    assert "0 items registered 1 there before 0 refused" in text


def test_a_dataset_shows_its_rows(shown: Shown) -> None:
    text = shown.text(f"/datasets/{shown.dataset}")

    assert "5 data rows" in text
    for name in ("film.mp4", "junction", "ct-head", "log.txt"):
        assert name in text


def test_an_item_shows_what_it_belongs_to_and_what_belongs_to_it(shown: Shown) -> None:
    junction = shown.items["junction"]
    text = shown.text(f"/items/{junction.uuid}")
    frame = next(iter(junction.get_child_items())).uuid

    assert "2 parts" in text
    assert "labelling" in text
    assert "junction" in shown.text(f"/items/{frame}")


@pytest.mark.parametrize("name", ["film.mp4", "junction", "ct-head"])
def test_what_can_be_seen_has_a_picture(shown: Shown, name: str) -> None:
    answer = shown.get(f"/thumbnails/{shown.items[name].uuid}")

    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8\xff")


def test_what_cannot_be_seen_has_a_stand_in(shown: Shown) -> None:
    answer = shown.get(f"/thumbnails/{shown.items['log.txt'].uuid}")

    assert answer.headers["content-type"] == "image/svg+xml"
    assert "text" in answer.text


def test_a_picture_whose_object_went_away_has_a_stand_in(shown: Shown, bucket: Bucket) -> None:
    item = shown.items["film.mp4"]
    bucket.delete("film.mp4")

    answer = shown.get(f"/thumbnails/{item.uuid}")
    bucket.put("film.mp4", media.video())

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")


def test_no_word_of_a_client_becomes_markup_anywhere(shown: Shown) -> None:
    pages = ["/", f"/folders/{shown.folder.uuid}", f"/jobs/{shown.job}", f"/datasets/{shown.dataset}"]
    pages += [f"/items/{item.uuid}" for item in shown.items.values()]

    for path in pages:
        answer = shown.get(path)
        assert "<script" not in answer.text
        assert "script-src" not in answer.headers["content-security-policy"]
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("kind", ["folders", "items", "jobs", "datasets", "thumbnails"])
def test_what_is_not_there_is_a_page_too(shown: Shown, kind: str) -> None:
    answer = shown.get(f"/{kind}/nothing")

    assert answer.status_code == 404
    assert "Not here" in answer.text


def test_a_large_folder_and_a_large_dataset_come_a_screenful_at_a_time(s3_integration: Integration) -> None:
    size = {"mimeType": "image/png", "fileSize": 1, "width": 1, "height": 1}
    images = [
        {"objectUrl": f"s3://b/{number:03}.png", "title": f"{number:03}.png", "imageMetadata": size}
        for number in range(70)
    ]
    with running_sandbox(integrations=[s3_integration]) as sandbox:
        client = sandbox.client()
        folder = client.create_storage_folder("many")
        job = folder.add_private_data_to_folder_start(str(s3_integration.uuid), {"images": images})
        folder.add_private_data_to_folder_get_result(job, timeout_seconds=60)
        made = client.create_dataset("many", StorageLocation.S3_COMPATIBLE, create_backing_folder=False)
        client.get_dataset(made.dataset_hash).link_items([item.uuid for item in folder.list_items()])

        for start in (f"/folders/{folder.uuid}", f"/datasets/{made.dataset_hash}"):
            assert _names(sandbox.url, start) == [f"{number:03}.png" for number in range(70)]


def _names(url: str, path: str | None) -> list[str]:
    """Follow the links to more, and return all names on the way."""
    names: list[str] = []
    while path:
        text = httpx.get(url + path).text
        names += re.findall(r"<b>(\d+\.png)</b>", text)
        more = re.search(r'<a href="([^"]*)" class="more">', text)
        path = more and more[1]
    return names


def test_a_page_of_work_in_progress_loads_itself_again_and_a_finished_one_does_not(
    shown: Shown, s3_integration: Integration
) -> None:
    assert "http-equiv" not in shown.get(f"/jobs/{shown.job}").text
    shown.sandbox.hold_jobs()
    waiting = shown.folder.add_private_data_to_folder_start(
        str(s3_integration.uuid), {"videos": [{"objectUrl": "s3://b/later.mp4"}]}, ignore_errors=True
    )

    live = [shown.get(path).text for path in ("/", f"/folders/{shown.folder.uuid}", f"/jobs/{waiting}")]
    shown.sandbox.hold_jobs(held=False)

    assert all('<meta http-equiv="refresh"' in text for text in live)
