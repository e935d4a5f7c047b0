"""The example DAG that gives items their embeddings."""

from io import BytesIO
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it ships no types
import pytest
from encord.storage import StorageFolder

from encord_provider.metadata.custom import CustomMetadata
from encord_provider.metadata.embeddings import Embeddings
from tests import media
from tests.airflow.conftest import World, run_tasks
from tests.bucket import Bucket
from tests.contract.registration import registered

Places = dict[tuple[str, int | None], list[float]]
"""Vectors by title and frame."""

VECTORS: Places = {
    ("image", None): [1, 2],
    ("group", None): [3, 4],
    ("sequence", None): [5, 6],
    ("video", 0): [7, 8],
    ("video", 3): [9, 0.5],
}


def parquet(vectors: Places) -> bytes:
    """Write vectors as a Parquet file has them."""
    out = BytesIO()
    columns = {
        "title": [title for title, _ in vectors],
        "frame": [frame for _, frame in vectors],
        "vector": pa.array(list(vectors.values()), pa.list_(pa.float32(), 2)),
    }
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def put_vectors(bucket: Bucket, vectors: Places) -> str:
    """Put vectors into a bucket; return the URI of their file."""
    bucket.put("clip.parquet", parquet(vectors))
    return bucket.uri("clip.parquet")


def register(world: World, bucket: Bucket) -> StorageFolder:
    """Register an image, a group, a sequence and a video, each with metadata."""
    client = world.sandbox.client()
    (integration,) = client.get_cloud_integrations()
    image, clip = bucket.put("a.png", media.image()), bucket.put("a.mp4", media.video())
    frames = {"objectUrl_0": image, "objectUrl_1": bucket.put("b.png", media.image(shade=1))}
    site = {"clientMetadata": {"site": "north"}}
    manifest = {
        "images": [{"objectUrl": image, "title": "image", **site}],
        "videos": [{"objectUrl": clip, "title": "video", **site}],
        "image_groups": [
            {**frames, "title": "group", "createVideo": False, **site},
            {**frames, "title": "sequence", "createVideo": True, **site},
        ],
    }
    folder = client.create_storage_folder("fleet")
    registered(folder, integration.id, manifest)
    return folder


@pytest.mark.slow
def test_new_units_are_registered_with_their_vectors(small_world: World, bucket: Bucket) -> None:
    from encord_provider.operators.manifest import EncordBuildManifestOperator
    from encord_provider.operators.upload import EncordSubmitUploadOperator
    from encord_provider.sensors.upload import EncordUploadSensor

    image, clip = (bucket.prefix + key for key in ("new/a.png", "new/a.mp4"))
    bucket.put("new/a.png", media.image())
    bucket.put("new/a.mp4", media.video())
    uri = put_vectors(bucket, {(image, None): [1, 2], (clip, 3): [9, 0.5]})
    clips = Embeddings("fleet-clip", uri, key="title", column="vector", frame="frame", sampling_rate=0)

    def define() -> None:
        manifests = EncordBuildManifestOperator(
            task_id="manifests",
            source=bucket.uri("new/"),
            folder="fleet",
            integration="fleet-s3",
            metadata=CustomMetadata(embeddings=[clips]),
        )
        jobs = EncordSubmitUploadOperator.partial(task_id="submit").expand(manifest=manifests.output)
        EncordUploadSensor(task_id="registered", jobs=jobs.output)

    ended = run_tasks(define)

    assert {ti.state for ti in ended.values()} == {"success"}
    client = small_world.sandbox.client()
    (folder,) = client.find_storage_folders(search="fleet")
    block = {
        "config": {"keyframe_mode": "frame", "sampling_rate": 0},
        "frames": {"3": {"fleet-clip": [9, 0.5]}},
    }
    assert {item.name: item.client_metadata for item in folder.list_items()} == {
        image: {"fleet-clip": [1, 2]},
        clip: {"$encord": block},
    }
    assert client.metadata_schema().has_key("fleet-clip")


def test_images_groups_sequences_and_frames_of_videos_get_their_vectors(
    small_world: World, bucket: Bucket
) -> None:
    folder = register(small_world, bucket)
    uri = put_vectors(bucket, VECTORS)

    first = small_world.run("embeddings", {"vectors": uri})["embed"]
    second = small_world.run("embeddings", {"vectors": uri})["embed"]

    assert first == {"items": 4, "unchanged": 0, "unmatched": 0, "replaced": 0}
    assert second == {"items": 0, "unchanged": 4, "unmatched": 0, "replaced": 0}
    site: dict[str, Any] = {"site": "north"}
    frames = {"0": {"fleet-clip": [7, 8]}, "3": {"fleet-clip": [9, 0.5]}}
    assert {item.name: item.client_metadata for item in folder.list_items()} == {
        "image": site | {"fleet-clip": [1, 2]},
        "group": site | {"fleet-clip": [3, 4]},
        "sequence": site | {"fleet-clip": [5, 6]},
        "video": site | {"$encord": {"config": {"keyframe_mode": "frame"}, "frames": frames}},
    }
    assert small_world.sandbox.client().metadata_schema().has_key("fleet-clip")
