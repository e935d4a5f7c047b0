"""Registering what is there already: skipped by its exact URL, per folder, or its metadata overwritten."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from encord.orm.dataset import LongPollingStatus
from encord.orm.storage import DataUploadItems
from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from tests import media
from tests.bucket import Bucket
from tests.contract.registration import register, registered, trusted_images, urls_of
from tests.contract.trouble import Trouble


def test_without_the_flag_a_second_run_registers_everything_again(
    folder: StorageFolder, integration: str
) -> None:
    for _ in range(2):
        register(folder, integration, trusted_images(["s3://b/a.png"]))
    assert urls_of(folder) == ["s3://b/a.png"] * 2


def test_a_second_run_skips_what_is_there_and_names_only_what_is_new(
    folder: StorageFolder, integration: str
) -> None:
    register(folder, integration, trusted_images(["s3://b/a.png"]))
    before = [item.uuid for item in folder.list_items()]
    both = trusted_images(["s3://b/a.png", "s3://b/b.png"], skip_duplicate_urls=True)
    state = register(folder, integration, both)
    assert (state.status, state.units_error_count) == (LongPollingStatus.DONE, 0)
    assert [made.name for made in state.items_with_names] == ["b.png"]
    assert [item.uuid for item in folder.list_items()][:1] == before
    again = register(folder, integration, both)
    assert (again.status, again.items_with_names) == (LongPollingStatus.DONE, [])
    assert urls_of(folder) == ["s3://b/a.png", "s3://b/b.png"]


def test_duplicates_are_looked_for_in_the_same_folder_only(
    client: EncordUserClient, folder: StorageFolder, integration: str
) -> None:
    other = client.create_storage_folder("other")
    below = folder.create_subfolder("below")
    manifest = trusted_images(["s3://b/a.png"], skip_duplicate_urls=True)
    for target in (folder, other, below):
        register(target, integration, manifest)
    assert [urls_of(target) for target in (folder, other, below)] == [["s3://b/a.png"]] * 3


def test_what_was_moved_away_is_no_duplicate(
    client: EncordUserClient, folder: StorageFolder, integration: str
) -> None:
    manifest = trusted_images(["s3://b/a.png"], skip_duplicate_urls=True)
    [moved] = registered(folder, integration, manifest)
    moved.move_to_folder(client.create_storage_folder("other"))
    register(folder, integration, manifest)
    assert urls_of(folder) == ["s3://b/a.png"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://h/b/1 (32).png".replace(" ", "+"), "https://h/b/1%20(32).png"),
        ("https://h/b/(32).png", "https://h/b/%2832%29.png"),
        ("s3://b/a.png", "S3://b/a.png"),
        ("s3://b/a.png", "s3://b/A.png"),
        ("s3://b/a.png", "s3://b//a.png"),
    ],
)
def test_urls_are_compared_as_text(folder: StorageFolder, integration: str, first: str, second: str) -> None:
    for url in (first, second, first):
        register(folder, integration, trusted_images([url], skip_duplicate_urls=True))
    assert sorted(map(str, urls_of(folder))) == sorted([first, second])


def test_a_url_twice_in_one_manifest_is_registered_once(folder: StorageFolder, integration: str) -> None:
    register(folder, integration, trusted_images(["s3://b/a.png"] * 3, skip_duplicate_urls=True))
    assert urls_of(folder) == ["s3://b/a.png"]


def test_two_jobs_that_race_register_each_url_once(
    folder: StorageFolder, integration: str, trouble: Trouble
) -> None:
    urls = [f"s3://b/{number:03}.png" for number in range(60)]
    trouble.hold_jobs()
    jobs = [
        folder.add_private_data_to_folder_start(integration, trusted_images(order, skip_duplicate_urls=True))
        for order in (urls, urls[::-1], urls)
    ]
    trouble.hold_jobs(held=False)
    with ThreadPoolExecutor() as pool:
        states = list(pool.map(lambda job: folder.add_private_data_to_folder_get_result(job, 60), jobs))
    assert {state.status for state in states} == {LongPollingStatus.DONE}
    assert urls_of(folder) == urls
    assert sum(len(state.items_with_names) for state in states) == len(urls)


def test_a_group_is_a_duplicate_when_all_its_urls_are(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    urls = [bucket.put(f"{number}.png", media.image()) for number in range(3)]

    def register_group(title: str, members: list[str]) -> None:
        frames = {f"objectUrl_{number}": url for number, url in enumerate(members)}
        entry = {**frames, "title": title, "createVideo": False}
        register(folder, integration, {"image_groups": [entry], "skip_duplicate_urls": True})

    register_group("first", urls[:2])
    register_group("same", urls[:2])
    register_group("longer", urls)
    assert [item.name for item in folder.list_items()] == ["first", "longer"]


def test_a_series_is_a_duplicate_when_all_its_urls_are(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    slices = {f"objectUrl_{number}": bucket.put(f"{number}.dcm", media.dicom(number)) for number in range(2)}
    for title in ("first", "same"):
        manifest = {"dicom_series": [{"title": title, **slices}], "skip_duplicate_urls": True}
        register(folder, integration, manifest)
    assert [item.name for item in folder.list_items()] == ["first"]


def upserting(*urls: str, **metadata: object) -> DataUploadItems:
    """Write a manifest that overwrites the metadata of what is there."""
    return trusted_images(urls, skip_duplicate_urls=True, **metadata).model_copy(
        update={"upsert_metadata": True}
    )


def test_an_upsert_overwrites_the_metadata_of_what_is_there_and_registers_the_rest(
    folder: StorageFolder, integration: str
) -> None:
    [before] = registered(folder, integration, trusted_images(["s3://b/a.png"], site="north", shift=1))
    before.update(name="renamed a.png")
    state = register(folder, integration, upserting("s3://b/a.png", "s3://b/b.png", shift=2))
    assert [made.name for made in state.items_with_names] == ["b.png"]
    new, old = folder.list_items()
    assert (old.uuid, old.name) == (before.uuid, "renamed a.png")
    assert old.client_metadata == new.client_metadata == {"shift": 2}  # overwritten, not merged


def test_an_upsert_is_nothing_without_skipping(folder: StorageFolder, integration: str) -> None:
    register(folder, integration, trusted_images(["s3://b/a.png"], shift=1))
    alone = upserting("s3://b/a.png", shift=2).model_copy(update={"skip_duplicate_urls": False})
    register(folder, integration, alone)
    shifts = [item.client_metadata for item in folder.list_items()]
    assert sorted(shifts, key=str) == [{"shift": 1}, {"shift": 2}]


def test_skipping_alone_leaves_the_metadata(folder: StorageFolder, integration: str) -> None:
    for shift in (1, 2):
        register(folder, integration, trusted_images(["s3://b/a.png"], skip_duplicate_urls=True, shift=shift))
    assert [item.client_metadata for item in folder.list_items()] == [{"shift": 1}]
