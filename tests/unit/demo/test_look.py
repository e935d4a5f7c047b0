"""The look into Encord: it reads through the SDK what is there, and in which order."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

from encord.orm.dataset import StorageLocation
from encord.orm.storage import StorageItemType

from demo.bucket_server import BucketServer
from demo.check import Content, look
from demo.corpus import CORPUS, Source, Unit
from demo.corpus.images import encode
from demo.corpus.road import DAY
from encord_provider.sandbox.testing import RunningSandbox

BUCKET = "tests"
LOOKED_FOR = ("image", "imageGroup", "imageSequence")


ELSEWHERE = Unit("image", (Source("elsewhere/front.jpg", partial(encode, "JPEG", DAY)),))


def manifest(units: Sequence[Unit], bucket_url: str) -> dict[str, object]:
    """Write the units in the JSON that Encord documents."""
    singles = [unit for unit in units if unit.item_type == "image"]
    groups = [unit for unit in units if unit.item_type != "image"]
    return {
        "images": [
            {"objectUrl": url_of(unit.sources[0].key, bucket_url), "clientMetadata": dict(unit.metadata)}
            for unit in singles
        ],
        "image_groups": [
            {
                "title": unit.item_type,
                "createVideo": unit.item_type == "imageSequence",
                **{f"objectUrl_{n}": url_of(part.key, bucket_url) for n, part in enumerate(unit.sources)},
            }
            for unit in groups
        ],
    }


def url_of(key: str, bucket_url: str) -> str:
    return f"{bucket_url}/{quote(key)}"


def test_it_finds_every_item_of_the_corpus_with_its_parts_in_order(
    sandbox: RunningSandbox, bucket_server: BucketServer
) -> None:
    units = [unit for unit in CORPUS.units if unit.item_type in LOOKED_FOR]
    bucket_url = f"{bucket_server.endpoint}/{BUCKET}"
    store = bucket_server.store(BUCKET)
    for unit in (*units, ELSEWHERE):
        for part in unit.sources:
            store.put(part.key, part.make())
    client = sandbox.client()
    folder = client.create_storage_folder("fleet")
    client.create_storage_folder("fleet of another")
    [integration] = client.get_cloud_integrations()
    job = folder.add_private_data_to_folder_start(integration.id, manifest([*units, ELSEWHERE], bucket_url))
    folder.add_private_data_to_folder_get_result(job, timeout_seconds=60)
    dataset = client.create_dataset(
        "fleet-labelling", StorageLocation.S3_COMPATIBLE, create_backing_folder=False
    )
    images = [item.uuid for item in folder.list_items() if item.item_type == StorageItemType.IMAGE]
    client.get_dataset(dataset.dataset_hash).link_items(images)

    found = look(client, bucket_url, "fleet", "fleet-labelling")

    contents = [Content(unit.item_type, tuple(part.key for part in unit.sources)) for unit in units]
    assert found.contents == Counter(contents)
    assert found.rows == Counter(content.keys[0] for content in contents if content.item_type == "image")
    assert {key: values for key, values in found.metadata.items() if values} == {
        unit.sources[0].key: dict(unit.metadata) for unit in units if unit.metadata
    }
