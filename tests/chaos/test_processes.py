"""Real processes, killed at random moments: the same that holds of storms."""

import json
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from encord_provider.sandbox.testing import RunningSandbox
from tests import media
from tests.bucket import Bucket
from tests.chaos.worker import READY, Settings

OBJECTS = 40
KILLS = 8
LONGEST_SECONDS = 2.5
"""After which a process is killed at the latest: about as long as an undisturbed run takes."""

TRIES = 20


@pytest.fixture
def settings(bucket: Bucket, sandbox: RunningSandbox, tmp_path: Path) -> Settings:
    """Fill the bucket, and say where everything is."""
    for shade in range(OBJECTS):
        bucket.put(f"{shade:02}.png", media.image(shade=shade))
    server = bucket.server
    return Settings(
        directory=str(tmp_path),
        encord=sandbox.url,
        private_key=sandbox.private_key,
        endpoint=server.endpoint,
        region=server.region,
        access_key_id=server.access_key_id,
        secret_access_key=server.secret_access_key,
        bucket=bucket.name,
        prefix=bucket.prefix,
    )


def begin(run: str, settings: Settings) -> "subprocess.Popen[str]":
    """Start a process, and let it work once everything is imported."""
    command = [sys.executable, "-m", "tests.chaos.worker", run]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    while (line := process.stdout.readline().strip()) != READY:
        assert line, "the process ended before it began"
    process.stdin.write(settings.to_json() + "\n")
    process.stdin.close()
    return process


def ends_well(run: str, settings: Settings) -> dict[str, object]:
    """Try a run until it comes to its end; return its receipt."""
    for _ in range(TRIES):
        process = begin(run, settings)
        assert process.stdout
        said = process.stdout.read()
        if process.wait() == 0:
            counts: dict[str, object] = json.loads(said.splitlines()[-1])
            return counts
        assert process.returncode == 75, said
    raise AssertionError(f"{run} did not come to its end in {TRIES} tries")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2])
def test_workers_killed_at_random_moments_register_every_object_once(
    seed: int, settings: Settings, sandbox: RunningSandbox
) -> None:
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    sandbox.pace(units_per_second=60)
    ends: Counter[int] = Counter()
    for _ in range(KILLS):
        process = begin(chance.choice(("first", "second")), settings)
        try:
            ends[process.wait(timeout=chance.uniform(0, LONGEST_SECONDS))] += 1
        except subprocess.TimeoutExpired:
            process.kill()
            ends[process.wait()] += 1
    sandbox.pace(None)

    receipts = [ends_well(run, settings) for run in ("first", "second", "first")]

    assert ends[-signal.SIGKILL] > 0
    assert all(account["closed"] for account in receipts), receipts
    client = sandbox.client()
    (folder,) = client.find_storage_folders()
    items = list(folder.list_items(page_size=1000))
    assert len({item.url for item in items}) == len(items) == OBJECTS
    (dataset,) = client.get_datasets()
    rows = client.get_dataset(dataset["dataset"].dataset_hash).list_data_rows()
    assert Counter(row.backing_item_uuid for row in rows) == Counter(item.uuid for item in items)
