"""Vectors of a file, on the items of a folder."""

import multiprocessing
import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from encord_provider.encord_api.api import EncordApi
from encord_provider.errors import BadTable, LeaseHeld, SchemaDrift
from encord_provider.ingestion.embeddings import BUNDLE_NUMBERS, Embed, Embedded, Target
from encord_provider.ingestion.run import Task
from encord_provider.ingestion.vector_files import read_rows
from encord_provider.ingestion.vectors import Vectors
from encord_provider.metadata.embeddings import Embeddings
from tests import media
from tests.contract.registration import registered as register
from tests.contract.registration import trusted_images
from tests.unit.ingestion import dying
from tests.unit.ingestion.conftest import FOLDER, Pipeline

CLIP = "fleet-clip"


@pytest.fixture
def registered(pipeline: Pipeline) -> Pipeline:
    """Register two images, a video and a text."""
    pipeline.bucket.put("a.png", media.image())
    pipeline.bucket.put("b.png", media.image(shade=1))
    pipeline.bucket.put("drive.mp4", media.video())
    pipeline.bucket.put("notes.txt", b"words")
    pipeline.ingest()
    return pipeline


def title(pipeline: Pipeline, key: str) -> str:
    """Return the title of the item of an object."""
    return pipeline.bucket.prefix + key


def vectors_of(
    pipeline: Pipeline, directory: Path, rows: Mapping[tuple[str, Any], Any], **choices: Any
) -> Vectors:
    """Write vectors by key and frame as a file, and read it."""
    arrays = {
        "title": np.array([title(pipeline, key) for key, _ in rows]),
        "at": np.array([np.nan if frame is None else frame for _, frame in rows]),
        CLIP: np.array(list(rows.values()), dtype=np.float32),
    }
    save(directory / "vectors.npz", arrays)
    choices = {"key": "title", "frame": "at"} | choices
    embeddings = Embeddings(CLIP, "s3://fleet/clip.npz", **choices)
    return Vectors(embeddings).fill(read_rows(embeddings, directory / "vectors.npz", None))


def save(path: Path, arrays: dict[str, Any]) -> None:
    """Write arrays as an .npz file."""
    np.savez(path, allow_pickle=False, **arrays)


def embed(
    pipeline: Pipeline, vectors: Vectors, api: EncordApi | None = None, matched_by: str = "title"
) -> Embedded:
    """Send vectors as a task does."""
    target = Target("dag/embed", FOLDER, matched_by)
    return Embed(pipeline.ledger, api or pipeline.api, vectors, target, Task("run", "embed")).run()


def metadata(pipeline: Pipeline) -> dict[str, Any]:
    """Return what each item has, by key of its object."""
    return {item.name.removeprefix(pipeline.bucket.prefix): item.client_metadata for item in pipeline.items()}


def patches(pipeline: Pipeline) -> int:
    """Return how many bundles were sent."""
    return sum(seen.method == "PATCH" for seen in pipeline.sandbox.requests)


def test_images_and_frames_get_their_vectors_and_all_else_stays(registered: Pipeline, tmp_path: Path) -> None:
    for item in registered.items():
        item.update(client_metadata={"site": "north", "$encord": {"frames": {"7": {"day": True}}}})
    rows = {("a.png", None): [1, 2], ("drive.mp4", 7): [3, 4], ("drive.mp4", 9): [5, 6]}

    result = embed(registered, vectors_of(registered, tmp_path, rows, sampling_rate=0))

    assert result == Embedded(items=2, unchanged=0, unmatched=0, replaced=0)
    found = metadata(registered)
    kept = {"site": "north", "$encord": {"frames": {"7": {"day": True}}}}
    assert found["a.png"] == {**kept, CLIP: [1, 2]}
    assert found["b.png"] == kept
    assert found["drive.mp4"] == {
        "site": "north",
        "$encord": {
            "config": {"keyframe_mode": "frame", "sampling_rate": 0},
            "frames": {"7": {"day": True, CLIP: [3, 4]}, "9": {CLIP: [5, 6]}},
        },
    }
    assert repr(registered.sandbox.client().metadata_schema()).count('"size": 2') == 1


def test_a_second_run_reads_and_sends_nothing(registered: Pipeline, tmp_path: Path) -> None:
    vectors = vectors_of(registered, tmp_path, {("a.png", None): [1, 2], ("drive.mp4", 7): [3, 4]})
    embed(registered, vectors)
    asked = len(registered.sandbox.requests)

    again = embed(
        registered, vectors_of(registered, tmp_path, {("a.png", None): [1, 2], ("drive.mp4", 7): [3, 4]})
    )

    assert again == Embedded(unchanged=2)
    seen = registered.sandbox.requests[asked:]
    assert [request for request in seen if request.method == "PATCH" or "get-bulk" in request.path] == []


def test_what_a_run_sent_before_it_died_is_not_sent_again(registered: Pipeline, tmp_path: Path) -> None:
    rows = {("a.png", None): [1, 2], ("b.png", None): [3, 4]}
    embed(registered, vectors_of(registered, tmp_path, rows))
    registered.ledger.given_metadata.forget([str(item.uuid) for item in registered.items()])  # never noted
    sent = patches(registered)

    assert embed(registered, vectors_of(registered, tmp_path, rows)) == Embedded(unchanged=2)
    assert patches(registered) == sent


def test_only_a_vector_that_changed_is_sent(registered: Pipeline, tmp_path: Path) -> None:
    embed(registered, vectors_of(registered, tmp_path, {("a.png", None): [1, 2], ("b.png", None): [3, 4]}))

    rows = {("a.png", None): [1, 2], ("b.png", None): [3, 5]}
    assert embed(registered, vectors_of(registered, tmp_path, rows)) == Embedded(items=1, unchanged=1)
    assert metadata(registered)["b.png"] == {CLIP: [3, 5]}


def test_what_somebody_else_wrote_is_replaced_and_counted(registered: Pipeline, tmp_path: Path) -> None:
    for item in registered.items():
        item.update(client_metadata={CLIP: [9, 9] if item.name.endswith("a.png") else "words"})
    rows = {("a.png", None): [1, 2], ("b.png", None): [3, 4]}

    assert embed(registered, vectors_of(registered, tmp_path, rows)) == Embedded(items=2, replaced=2)
    assert metadata(registered)["b.png"] == {CLIP: [3, 4]}


@pytest.mark.parametrize("matched_by", ["url", "uuid"])
def test_items_are_found_by_url_and_uuid_too(registered: Pipeline, tmp_path: Path, matched_by: str) -> None:
    (item,) = (item for item in registered.items() if item.name.endswith("a.png"))
    name = item.url if matched_by == "url" else str(item.uuid)
    save(tmp_path / "v.npz", {"title": np.array([name]), CLIP: np.array([[1, 2]])})
    embeddings = Embeddings(CLIP, "v.npz", key="title")
    vectors = Vectors(embeddings).fill(read_rows(embeddings, tmp_path / "v.npz", None))

    assert embed(registered, vectors, matched_by=matched_by).items == 1
    assert metadata(registered)["a.png"] == {CLIP: [1, 2]}


def test_a_name_without_an_item_is_counted(registered: Pipeline, tmp_path: Path) -> None:
    rows = {("a.png", None): [1, 2], ("later.mp4", 1): [3, 4], ("later.mp4", 2): [3, 4]}

    assert embed(registered, vectors_of(registered, tmp_path, rows)) == Embedded(items=1, unmatched=1)


def test_items_that_cannot_have_them_are_all_said_before_anything_is_sent(
    registered: Pipeline, tmp_path: Path
) -> None:
    rows = {
        ("a.png", None): [1, 2],
        ("b.png", 7): [1, 2],
        ("drive.mp4", None): [1, 2],
        ("notes.txt", None): [1, 2],
    }

    with pytest.raises(BadTable) as bad:
        embed(registered, vectors_of(registered, tmp_path, rows))

    first = "is a video, of which Encord takes vectors of single frames"
    assert [
        bad.value.faults[0].startswith("row 2, "),
        first in bad.value.faults[1],
        "takes no vectors for the kind plainText" in bad.value.faults[2],
    ] == [True] * 3
    assert patches(registered) == 0
    assert "embedding" not in repr(registered.sandbox.client().metadata_schema())


def test_frames_that_are_counted_otherwise_are_refused(registered: Pipeline, tmp_path: Path) -> None:
    embed(registered, vectors_of(registered, tmp_path, {("drive.mp4", 7): [1, 2]}))

    with pytest.raises(BadTable, match="counted in frame, these in seconds"):
        embed(
            registered,
            vectors_of(registered, tmp_path, {("drive.mp4", 0.5): [1, 2]}, keyframe_mode="seconds"),
        )


def test_more_vectors_than_an_item_takes_are_refused(registered: Pipeline, tmp_path: Path) -> None:
    vectors = vectors_of(registered, tmp_path, {("drive.mp4", n): [n, 0.1] for n in range(100)})
    vectors.limits = replace(vectors.limits, metadata_bytes=1000)

    with pytest.raises(BadTable, match=r"its vectors take [0-9]+ bytes as JSON, and an item takes 1000"):
        embed(registered, vectors)


def test_a_key_of_another_size_is_refused_before_anything_is_sent(
    registered: Pipeline, tmp_path: Path
) -> None:
    schema = registered.sandbox.client().metadata_schema()
    schema.add_embedding(CLIP, size=3)
    schema.save()

    with pytest.raises(SchemaDrift, match="the size never changes"):
        embed(registered, vectors_of(registered, tmp_path, {("a.png", None): [1, 2]}))
    assert patches(registered) == 0


def test_what_items_cannot_be_matched_by_is_said(registered: Pipeline, tmp_path: Path) -> None:
    with pytest.raises(BadTable, match=r"matched_by='metadata\.asset' is none of title, url, uuid"):
        embed(
            registered,
            vectors_of(registered, tmp_path, {("a.png", None): [1, 2]}),
            matched_by="metadata.asset",
        )


def test_no_other_task_describes_the_folder_meanwhile(registered: Pipeline, tmp_path: Path) -> None:
    lease = f"metadata {registered.sandbox.url}#{FOLDER}"

    class Nosy(EncordApi):
        """Looks whether another task could describe the folder now."""

        def items(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the method takes
            with pytest.raises(LeaseHeld), registered.ledger.leases.hold(lease, "another", 1):
                pass
            return super().items(*args, **kwargs)

    vectors = vectors_of(registered, tmp_path, {("a.png", None): [1, 2]})
    assert embed(registered, vectors, Nosy(registered.api.credentials)).items == 1


@pytest.mark.slow
def test_after_a_kill_in_the_middle_each_item_has_its_vector_and_was_sent_it_once(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    count, size, died_after = 300, 4096, 3
    client = pipeline.sandbox.client()
    (integration,) = client.get_cloud_integrations()
    titles = [f"{number:03}.png" for number in range(count)]
    images = trusted_images([f"https://s3.example.com/fleet/{title}" for title in titles])
    folder = client.create_storage_folder(FOLDER)
    register(folder, integration.id, images)
    matrix = np.random.default_rng(0).random((count, size), dtype=np.float32)
    save(tmp_path / "clip.npz", {"title": np.array(titles), CLIP: matrix})
    arguments = (
        f"sqlite:///{tmp_path / 'ledger.db'}",
        pipeline.sandbox.url,
        pipeline.sandbox.private_key,
        FOLDER,
        str(tmp_path / "clip.npz"),
    )

    spawned = multiprocessing.get_context("spawn")
    child = spawned.Process(target=dying.embed, args=arguments, kwargs={"bundles": died_after})
    child.start()
    child.join()
    before = patches(pipeline)
    again = dying.embed(*arguments)

    assert child.exitcode == -signal.SIGKILL
    assert before == died_after
    bundle = -(-BUNDLE_NUMBERS // size)
    assert again == Embedded(items=count - died_after * bundle, unchanged=died_after * bundle)
    assert patches(pipeline) == -(-count // bundle)
    found = {item.name: (item.client_metadata or {}).get(CLIP) for item in folder.list_items(page_size=50)}
    assert found == dict(zip(titles, matrix.tolist(), strict=True))
