"""The example DAG that gives items their embeddings."""

from io import BytesIO
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]  # it ships no types
import pyarrow.parquet as pq  # type: ignore[import-untyped]  # it ships no types
import pytest

from tests.airflow.conftest import Fleet, World
from tests.airflow.test_example_dags import ingest

SIZE = 8


def put_vectors(fleet: Fleet, vectors: dict[tuple[str, int | None], list[float]]) -> str:
    """Write vectors by title and frame as a Parquet file beside the corpus; return its URI."""
    out = BytesIO()
    columns = {
        "title": [title for title, _ in vectors],
        "frame": [frame for _, frame in vectors],
        "vector": pa.array(list(vectors.values()), pa.list_(pa.float32(), SIZE)),
    }
    pq.write_table(pa.table(columns), out)
    fleet.server.store(fleet.bucket).put("embeddings/clip.parquet", out.getvalue())
    return f"s3://{fleet.bucket}/embeddings/clip.parquet"


@pytest.mark.slow
def test_images_groups_sequences_and_frames_of_videos_get_their_vectors(world: World, fleet: Fleet) -> None:
    ingest(world)
    (folder,) = world.sandbox.client().find_storage_folders(search="fleet")
    kinds = {item.name: item.item_type.value for item in folder.list_items()}
    whole = [name for name, kind in kinds.items() if kind in ("image", "imageGroup", "imageSequence")]
    videos = [name for name, kind in kinds.items() if kind == "video"]
    assert {kinds[name] for name in whole} == {"image", "imageGroup", "imageSequence"}
    places = [*((name, None) for name in whole), *((name, frame) for name in videos for frame in (0, 3))]
    vectors = {place: [float(number)] * SIZE for number, place in enumerate(places)}
    uri = put_vectors(fleet, vectors)
    before = {item.name: item.client_metadata for item in folder.list_items()}

    first = world.run("embeddings", {"vectors": uri})["embed"]
    second = world.run("embeddings", {"vectors": uri})["embed"]

    count = len(whole) + len(videos)
    assert first == {"items": count, "unchanged": 0, "unmatched": 0, "replaced": 0}
    assert second == {"items": 0, "unchanged": count, "unmatched": 0, "replaced": 0}
    for item in folder.list_items():
        assert item.client_metadata == expected(before[item.name], item.name, vectors)


def expected(
    before: dict[str, Any], name: str, vectors: dict[tuple[str, int | None], list[float]]
) -> dict[str, Any]:
    """Return an item's metadata with its vectors."""
    frames = {
        str(frame): vector for (of, frame), vector in vectors.items() if of == name and frame is not None
    }
    after = dict(before)
    if (name, None) in vectors:
        after["fleet-clip"] = vectors[name, None]
    if frames:
        own = {frame: {"fleet-clip": vector} for frame, vector in frames.items()}
        after["$encord"] = {"config": {"keyframe_mode": "frame"}, "frames": own}
    return after
