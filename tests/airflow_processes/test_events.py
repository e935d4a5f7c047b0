"""A message in a queue of Amazon's wakes the example DAG, in an Airflow of real processes."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.corpus import BUCKET
from demo.stopwatch import Stopwatch
from demo.world import REPOSITORY, World, running_world
from tests.airflow_processes.processes import eventually
from tests.airflow_processes.sqs import running_sqs
from tests.media import image

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

DAG_ID = "on_s3_events"
RUN_SECONDS = 300


def created(key: str) -> str:
    """Say what S3 says when an object was created (AWS, "Event message structure")."""
    s3 = {"bucket": {"name": BUCKET}, "object": {"key": key}}
    record = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": s3}
    return json.dumps({"Records": [record]})


def woken(world: World) -> list[dict[str, Any]]:
    """Return the runs that an event of the asset made and that have succeeded, the oldest first."""
    url = f"{world.airflow.url}/api/v2/dags/{DAG_ID}/dagRuns"
    query = {"run_type": "asset_triggered", "state": "success", "order_by": "run_after"}
    found: list[dict[str, Any]] = (
        httpx.get(url, params=query, timeout=60).raise_for_status().json()["dag_runs"]
    )
    return found


def urls(world: World) -> list[str]:
    """Return the URLs of the folder's items that are one object each."""
    folders = world.sandbox.client().find_storage_folders(search="fleet")
    return [item.url for folder in folders for item in folder.list_items() if item.url]


def test_a_message_wakes_the_dag_and_the_listing_decides_what_it_registers(tmp_path: Path) -> None:
    with running_sqs(tmp_path / "moto.log") as sqs:
        queue = sqs.client().create_queue(QueueName=BUCKET)["QueueUrl"]
        code = (REPOSITORY / "dags" / "events" / f"{DAG_ID}.py").read_text()
        code = code.replace("https://sqs.eu-west-1.amazonaws.com/123456789012/fleet-cameras", queue)
        (tmp_path / "dags").mkdir()
        (tmp_path / "dags" / f"{DAG_ID}.py").write_text(
            code.replace("SqsSensorTrigger(QUEUE,", 'SqsSensorTrigger(QUEUE, "queues",')
        )
        settings = {
            **sqs.environment,
            "AIRFLOW_CONN_QUEUES": json.dumps(sqs.connection),
            "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "True",  # an asset's events are a schedule
        }
        with running_world(tmp_path, Stopwatch(), tmp_path / "dags", settings) as world:
            assert eventually(lambda: world.airflow.api.has_dag(DAG_ID), 120), (
                world.airflow.api.import_errors()
            )
            world.airflow.api.unpause(DAG_ID)

            sqs.client().send_message(QueueUrl=queue, MessageBody=created("any"))
            assert eventually(lambda: len(woken(world)) == 1, RUN_SECONDS)
            first = urls(world)
            world.bucket_server.store(BUCKET).put("late/1.png", image())
            for _ in range(2):
                sqs.client().send_message(QueueUrl=queue, MessageBody=created("late/1.png"))
            assert eventually(lambda: len(woken(world)) > 1, RUN_SECONDS)
            assert eventually(lambda: not world.airflow.api.unfinished_runs(DAG_ID), RUN_SECONDS)

            assert len(first) > 10
            assert [url.rpartition("fleet-cameras/")[2] for url in set(urls(world)) - set(first)] == [
                "late/1.png"
            ]
            assert len(urls(world)) == len(first) + 1, "two messages of one object register it once"
            assert {run["logical_date"] for run in woken(world)} == {None}
