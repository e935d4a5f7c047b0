"""The example DAGs that group, title and describe: run against a real bucket and the sandbox."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from encord_provider.buckets.location import Location
from tests import media
from tests.airflow.conftest import Fleet, World, dag_of, run_tasks


class Day:
    """A prefix of its own in the bucket, emptied afterwards: another test lists the whole bucket."""

    def __init__(self, fleet: Fleet) -> None:
        self.store = fleet.server.store(fleet.bucket)
        self.prefix = f"2026-11-{10 + int(uuid4()) % 10}/{uuid4().hex}/"
        self.bucket = fleet.bucket

    def put(self, key: str, content: bytes) -> None:
        """Write an object."""
        self.store.put(self.prefix + key, content)

    def empty(self) -> None:
        """Delete everything."""
        keys = [entry["path"] for page in self.store.list(self.prefix) for entry in page]
        self.store.delete(keys)


@pytest.fixture
def day(fleet: Fleet) -> Iterator[Day]:
    """Give the test a prefix."""
    day = Day(fleet)
    yield day
    day.empty()


def whole_receipt(counts: dict[str, Any]) -> dict[str, Any]:
    """Read the whole receipt that a task's result names."""
    location = Location.parse(counts["uri"])
    receipt: dict[str, Any] = json.loads(Path(location.bucket, location.path).read_bytes())
    return receipt


def items(world: World, folder: str) -> dict[str, Any]:
    """Return the items of a folder by name."""
    (found,) = world.sandbox.client().find_storage_folders(search=folder)
    return {item.name: item for item in found.list_items()}


def test_drives_get_titles_and_metadata_of_their_paths_tables_and_side_files(world: World, day: Day) -> None:
    day.prefix = f"2026-11-0{1 + int(uuid4()) % 9}/"
    date = day.prefix.rstrip("/")
    front, rear, clip = (f"north/drive-07/{name}" for name in ("front", "rear", "roof/clip.mp4"))
    for number in range(3):
        day.put(f"{front}/{number:03}.jpg", media.image(shade=number))
    for number in (0, 2):
        day.put(f"{rear}/{number:03}.jpg", media.image(shade=number))
    day.put(clip, media.video())
    day.put(f"{clip}.metadata.json", b'{"weather": "fog"}')
    day.put("west/drive-08/front/000.jpg", media.image())
    day.put(
        "weather.csv",
        f"key,weather\n{day.prefix}{front}/000.jpg,rain\n{day.prefix}{clip},sun\n".encode(),
    )

    returned = world.run("described_drives", {"bucket": f"s3://{day.bucket}", "day": date})

    counts = returned["receipt"]
    assert {
        name: counts[name] for name in ("registered", "quarantined", "pending", "excluded", "closed")
    } == {
        "registered": 4,
        "quarantined": 1,
        "pending": 2,
        "excluded": 2,
        "closed": True,
    }
    found = items(world, "drives")
    whole = {"day": date, "site": "north", "drive": 7}
    assert {name: item.client_metadata for name, item in found.items()} == {
        f"{date} north drive 07, front": whole | {"camera": "front", "weather": "rain"},
        f"{date} north drive 07, roof": whole | {"camera": "roof", "weather": "fog"},
    }
    receipt = whole_receipt(counts)
    (held,) = receipt["held"]
    assert (held["title"], held["objects"]) == (f"{day.prefix}{rear}", 2)
    assert "missing: 1" in held["reason"]
    (refused,) = receipt["quarantine"]
    assert "'west' is none of north, south" in refused["reason"]


def test_a_visit_is_registered_when_all_its_slices_are_there(world: World, day: Day) -> None:
    for number in (1, 2, 3):
        day.put(f"scans/visit-0007-of-3/IM{number:04}", media.dicom(number))
    day.put("scans/visit-0008-of-3/IM0001", media.dicom(1, study="1.2.3"))
    conf = {"source": f"s3://{day.bucket}/{day.prefix}scans/"}

    first = world.run("scans_by_visit", conf)["receipt"]

    assert (first["registered"], first["pending"], first["closed"]) == (3, 1, True)
    assert list(items(world, "scans")) == [f"{day.prefix}scans/visit-0007-of-3"]
    (held,) = whole_receipt(first)["held"]
    assert held["reason"] == "1 of 3 members are there"

    for number in (2, 3):
        day.put(f"scans/visit-0008-of-3/IM{number:04}.ima", media.dicom(number, study="1.2.3"))
    second = world.run("scans_by_visit", conf)["receipt"]
    assert (second["registered"], second["already"], second["pending"]) == (3, 3, 0)


@pytest.mark.usefixtures("world")
def test_a_strict_build_fails_at_once(day: Day) -> None:
    day.put("empty.mp4", b"")
    day.put("model.blend", b"BLENDER")

    def define() -> None:
        from encord_provider.operators.manifest import EncordBuildManifestOperator

        source = f"s3://{day.bucket}/{day.prefix}"
        EncordBuildManifestOperator(task_id="manifests", source=source, folder="fleet", strict=True)

    (task,) = run_tasks(define).values()

    assert (task.state, task.try_number) == ("failed", 1), "trying again would say the same"


def test_the_ui_shows_the_description_and_each_parse_gives_the_same_dag() -> None:
    from airflow.serialization import serialized_objects

    # its name before Airflow 3.2 is the second
    serialization: Any = getattr(serialized_objects, "DagSerialization", None) or getattr(
        serialized_objects, "SerializedDAG", None
    )
    serialized = serialization.to_dict(dag_of("described_drives"))
    fields = next(
        task["__var"] for task in serialized["dag"]["tasks"] if task["__var"]["task_id"] == "manifests"
    )

    assert fields["metadata"]["table"] == "{{ params.bucket }}/{{ params.day }}/weather.csv"
    assert fields["metadata"]["schema"]["keys"]["day"] == "datetime"
    assert fields["title"] == "{day} {site} drive {drive}, {camera}"
    assert serialization.to_dict(dag_of("described_drives")) == serialized, "each parse is the same"
