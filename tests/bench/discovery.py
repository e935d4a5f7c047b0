"""From a bucket to the ledger, against the script that Encord's documentation gives: boto3 and ``json.dump``.

Every step runs in a process of its own, on one server in one run. The server for throughput makes its pages up
(`tests.bench.page_server`); how fast it can is measured by a client that throws away what it gets. SeaweedFS, a real
server, is measured at a smaller size.
"""

import http.client
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import boto3  # type: ignore[import-untyped]  # it ships none

from tests.bench.manifest import peak_mb
from tests.bench.page_server import DIRECTORY, PAGE, key_of, running_page_server

if TYPE_CHECKING:
    from encord_provider.ingestion.run import Source

BUCKET = "fleet-cameras"

FEW = 100_000
"""Objects of the smaller run, to see whether memory grows with their number."""

REAL = 20_000
"""Objects on SeaweedFS, which takes some thousands a second."""

CONNECTIONS = 8
"""Of the client that measures the server alone: as many as a listing has requests under way."""


@dataclass(frozen=True)
class Place:
    """Where the objects are, and how many."""

    endpoint: str
    count: int
    directory: str
    """Where a step may leave files."""

    access_key_id: str = "AKIDEXAMPLE"
    secret_access_key: str = "example"  # noqa: S105 - nobody's: the page server checks none

    def session(self) -> boto3.Session:
        """Hold the credentials, as an Airflow connection gives them."""
        return boto3.Session(self.access_key_id, self.secret_access_key, region_name="us-east-1")


def server(place: Place) -> None:
    """Fetch all pages and throw them away: more the server cannot do."""

    def fetch(part: int) -> None:
        connection = http.client.HTTPConnection(urlsplit(place.endpoint).netloc)
        for number in range(part * PAGE, place.count, CONNECTIONS * PAGE):
            after = quote(key_of(number - 1), safe="") if number else ""
            connection.request("GET", f"/{BUCKET}?list-type=2&start-after={after}")
            connection.getresponse().read()

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(fetch, range(CONNECTIONS)))


def listing(place: Place) -> None:
    """List the bucket as the provider does."""
    assert sum(len(page) for page in _pages(place)) == place.count


def first_run(place: Place) -> None:
    """List the bucket into an empty ledger: everything is new."""
    from tests.bench.discovery_ledger import into_ledger  # noqa: PLC0415 - the script shall not pay for it

    listing = into_ledger(_source(place), _ledger(place), "first").listing
    assert (listing.discovered, listing.already) == (place.count, 0)


def register(place: Place) -> None:
    """Let it all land; no part of what is measured."""
    from tests.bench.discovery_ledger import register_everything  # noqa: PLC0415 - the script shall not pay for it

    register_everything(_ledger(place))


def second_run(place: Place) -> None:
    """List the bucket again: nothing is new."""
    from tests.bench.discovery_ledger import into_ledger  # noqa: PLC0415 - the script shall not pay for it

    listing = into_ledger(_source(place), _ledger(place), "second").listing
    assert (listing.discovered, listing.already, listing.gone) == (place.count, place.count, 0)


def script(place: Place) -> None:
    """List the bucket as the documentation's script does, and write its file."""
    s3 = place.session().resource("s3", endpoint_url=place.endpoint)
    root_url, images = f"https://s3.us-east-1.amazonaws.com/{BUCKET}", []
    for object_summary in s3.Bucket(BUCKET).objects.all():
        split_key = object_summary.key.split("/")
        if len(split_key) >= 2 and "/".join(split_key[0:-1]) == DIRECTORY:
            images.append({"objectUrl": f"{root_url}/{object_summary.key}"})
    with (Path(place.directory) / "upload_images.json").open("w") as output_file:
        json.dump({"images": images}, output_file, indent=4)
    assert len(images) == place.count


def _pages(place: Place) -> Iterator[list[Any]]:
    return iter(_source(place).listing())


def _source(place: Place) -> "Source":
    from encord_provider.buckets.s3 import s3_bucket  # noqa: PLC0415 - the script shall not pay for it
    from encord_provider.ingestion.run import Source  # noqa: PLC0415 - the same

    bucket = s3_bucket(BUCKET, place.session(), region="us-east-1", endpoint=place.endpoint)
    return Source(bucket, f"{DIRECTORY}/")


def _ledger(place: Place) -> str:
    return f"sqlite:///{place.directory}/ledger.db"


STEPS: dict[str, Callable[[Place], None]] = {
    step.__name__: step for step in (server, listing, first_run, register, second_run, script)
}
"""What is measured, in this order: a later step may go on where an earlier one left its files."""


OURS = ("listing", "first_run", "second_run")
"""The steps whose memory is looked at."""


def measured(step: str, place: Place) -> dict[str, float]:
    """Run a step in a process of its own; return its seconds, those of the CPU, and the peak of its memory in MB."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.discovery", step, json.dumps(asdict(place))],
        check=True,
        stdout=subprocess.PIPE,
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def discovery(count: int = 1_000_000) -> dict[str, Any]:
    """Measure every step with *count* objects, ours with a few too, and ours and the script on a real server."""
    with _made_up(min(FEW, count)) as place:
        few = {step: measured(step, place) for step in STEPS if step not in ("server", "script")}
    with _made_up(count) as place:
        many = {step: measured(step, place) for step in STEPS}
    with _real(min(REAL, count)) as place:
        real = {step: measured(step, place) for step in ("listing", "script")}
    ours, baseline = many["listing"]["keys_per_second"], many["script"]["keys_per_second"]
    return {
        "bench": "discovery",
        "size": count,
        "ours": ours,
        "baseline": baseline,
        "ratio": round(ours / baseline, 2),
        "of_server": round(ours / many["server"]["keys_per_second"], 2),
        "peak_mb": max(many[step]["peak_mb"] for step in OURS),
        "growth": max(round(many[step]["peak_mb"] / few[step]["peak_mb"], 2) for step in OURS),
        "second_run_to_listing": round(many["second_run"]["seconds"] / many["listing"]["seconds"], 2),
        "steps": many,
        "seaweedfs": {"size": min(REAL, count), **real},
    }


@contextmanager
def _made_up(count: int) -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as directory, running_page_server(count) as endpoint:
        yield Place(endpoint, count, directory)


@contextmanager
def _real(count: int) -> Iterator[Place]:
    from demo.bucket_server import running_bucket_server  # noqa: PLC0415 - no step shall pay for it

    with tempfile.TemporaryDirectory() as directory, running_bucket_server(Path(directory)) as seaweedfs:
        seaweedfs.create_bucket(BUCKET)
        store = seaweedfs.store(BUCKET)
        with ThreadPoolExecutor(16) as threads:
            list(threads.map(lambda number: store.put(key_of(number), b"x"), range(count)))
        yield Place(
            seaweedfs.endpoint, count, directory, seaweedfs.access_key_id, seaweedfs.secret_access_key
        )


def main() -> None:
    """Run one step and print what it took."""
    step, place = sys.argv[1], Place(**json.loads(sys.argv[2]))
    began, cpu = time.perf_counter(), time.process_time()
    STEPS[step](place)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    result = {
        "keys_per_second": round(place.count / seconds),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "peak_mb": round(peak_mb(), 1),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
