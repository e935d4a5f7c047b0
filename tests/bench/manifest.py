"""A manifest's way, against what users have today: dictionaries, ``json.dump`` and the SDK's own models.

Each step runs in a process of its own, so that its peak of memory is its own; its seconds are those of the CPU, which
other processes do not lengthen. Each has a baseline, which is what a script without this package does:

- write: build dictionaries, write the documented file (``json.dump`` with an indent of 4) and make the request
  (``DataUploadItems(...).to_dict()``); the file alone is told apart;
- read and validate: ``json.load`` and ``DataUploadItems(...)``; ``json.load`` alone is told apart;
- split: ``json.load``, slices of as many units as Encord advises, and ``json.dump`` of each.

What is read is one file of all units, larger than Encord takes: the split makes files that it takes.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from encord_provider.manifest.chunks import chunk, plan_chunks
from encord_provider.manifest.json_reader import JsonReader
from encord_provider.manifest.json_writer import write_json
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.reading import Quarantine, open_manifest
from encord_provider.manifest.units import Unit

if TYPE_CHECKING:
    from encord_provider.manifest.faults import Fault

FEW = 10_000
"""Units of the smaller run, to see whether memory grows with their number."""

FILE = "manifest.json"

MOST = 1_024
"""Manifests there may be: Airflow's default ``max_map_length``."""


def facts(number: int) -> tuple[str, str, dict[str, Any]]:
    """Return title, URL and custom metadata of an image."""
    key = f"2026/01/{number % 28 + 1:02}/camera-{number % 40:02}/frame-{number:08}.jpg"
    url = f"https://fleet-cameras.s3.eu-west-1.amazonaws.com/{key}"
    return key, url, {"camera": f"camera-{number % 40:02}", "number": number, "night": number % 2 == 0}


def make_facts(count: int, _: Path) -> None:
    """Make the names and metadata, which every writing step does; their seconds are taken off those of each."""
    for number in range(count):
        facts(number)


def units(count: int) -> Iterator[Unit]:
    """Yield images, as a listing would give them."""
    for number in range(count):
        title, url, metadata = facts(number)
        yield Unit(Kind.IMAGE, title, (url,), 200_000, client_metadata=metadata)


def write(count: int, directory: Path) -> None:
    """Write one manifest of all units."""
    with (directory / FILE).open("wb") as out:
        assert write_json(units(count), out).units == count


def read(count: int, directory: Path) -> None:
    """Read it back."""
    with (directory / FILE).open("rb") as stream:
        assert sum(reading.unit is not None for reading in JsonReader(stream, limits=None)) == count


def validate(count: int, directory: Path) -> None:
    """Read it and judge every unit."""
    faults: list[Fault] = []
    with (directory / FILE).open("rb") as stream:
        quarantine = Quarantine(open_manifest(stream), faults.append)
        assert sum(1 for _ in quarantine.units()) == count


def split(count: int, directory: Path) -> None:
    """Read it, plan chunks and write each."""
    with (directory / FILE).open("rb") as stream:

        def stored() -> Iterator[Unit]:
            stream.seek(0)
            return (reading.unit for reading in JsonReader(stream, limits=None) if reading.unit is not None)

        plan = plan_chunks(stored, Limits(), Advice(), MOST)
        parts = chunk(stored(), Limits(), Advice(), enlarged=plan.enlarged)
        written = 0
        for number, part in enumerate(parts):
            with (directory / f"part-{number}.json").open("wb") as out:
                written += write_json(part, out).units
        assert written == count


def baseline_write(count: int, directory: Path) -> None:
    """Write it as scripts do, and make the request as the SDK does."""
    from encord.orm.storage import DataUploadItems  # noqa: PLC0415 - see `main`

    document = baseline_file(count, directory)
    DataUploadItems(**document).to_dict()


def baseline_file(count: int, directory: Path) -> dict[str, Any]:
    """Write the file alone."""
    images = []
    for number in range(count):
        title, url, metadata = facts(number)
        images.append({"objectUrl": url, "title": title, "clientMetadata": metadata})
    document: dict[str, Any] = {"images": images, "skip_duplicate_urls": True}
    with (directory / "baseline.json").open("w") as out:
        json.dump(document, out, indent=4)
    return document


def baseline_read(count: int, directory: Path) -> None:
    """Read it as the SDK does, and validate it by its models."""
    from encord.orm.storage import DataUploadItems  # noqa: PLC0415 - see `main`

    with (directory / FILE).open() as stream:
        assert len(DataUploadItems(**json.load(stream)).images) == count


def baseline_load(count: int, directory: Path) -> None:
    """Read it as JSON and no more."""
    with (directory / FILE).open() as stream:
        assert len(json.load(stream)["images"]) == count


def baseline_split(count: int, directory: Path) -> None:
    """Cut it by the number of units alone, all in memory."""
    most = Advice().other_units
    with (directory / FILE).open() as stream:
        images = json.load(stream)["images"]
    for begin in range(0, count, most):
        with (directory / f"baseline-part-{begin}.json").open("w") as out:
            json.dump({"images": images[begin : begin + most], "skip_duplicate_urls": True}, out, indent=4)


OURS = (write, read, validate, split)

STEPS: dict[str, Callable[[int, Path], object]] = {
    step.__name__: step
    for step in (
        make_facts,
        *OURS,
        baseline_write,
        baseline_file,
        baseline_read,
        baseline_load,
        baseline_split,
    )
}

RATIOS = {
    "write": (baseline_write, write),
    "write, the file alone": (baseline_file, write),
    "read": (baseline_read, read),
    "read, json.load alone": (baseline_load, read),
    "validate": (baseline_read, validate),
    "split": (baseline_split, split),
}
"""What is compared: the baseline, and ours."""


def measured(step: str, count: int, directory: str) -> dict[str, float]:
    """Run a step in a process of its own; return its CPU seconds and the peak of its memory in MB."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.manifest", step, str(count), directory],
        check=True,
        stdout=subprocess.PIPE,
        env=os.environ,
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def manifest(count: int = 1_000_000) -> dict[str, Any]:
    """Measure every step with a few units and with *count*."""
    with tempfile.TemporaryDirectory() as directory:
        few = {step: measured(step, FEW, directory) for step in STEPS}
    with tempfile.TemporaryDirectory() as directory:
        many = {step: measured(step, count, directory) for step in STEPS}
    for step in (write, baseline_write, baseline_file):
        many[step.__name__]["seconds"] -= many["make_facts"]["seconds"]
    ratios = {
        name: round(many[baseline.__name__]["seconds"] / many[ours.__name__]["seconds"], 2)
        for name, (baseline, ours) in RATIOS.items()
    }
    ours = [step.__name__ for step in OURS]
    return {
        "bench": "manifest",
        "size": count,
        "ours": round(many["write"]["seconds"], 2),
        "baseline": round(many["baseline_write"]["seconds"], 2),
        "ratio": ratios["write"],
        "ratios": ratios,
        "peak_mb": max(many[step]["peak_mb"] for step in ours),
        "growth": max(round(many[step]["peak_mb"] / few[step]["peak_mb"], 2) for step in ours),
        "units_per_second": {step: round(count / many[step]["seconds"]) for step in STEPS},
        "peak_mb_by_step": {step: many[step]["peak_mb"] for step in STEPS},
    }


def main() -> None:
    """Run one step and print what it took."""
    step, count, directory = sys.argv[1:]
    if step.startswith("baseline_"):
        import encord.orm.storage  # noqa: F401, PLC0415 - neither side shall pay for it

    begun = time.process_time()
    STEPS[step](int(count), Path(directory))
    seconds = time.process_time() - begun
    print(json.dumps({"seconds": seconds, "peak_mb": round(peak_mb(), 1)}))


def peak_mb() -> float:
    """Return the peak of this program's memory; the kernel's other figure counts the process that started it, too."""
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()
