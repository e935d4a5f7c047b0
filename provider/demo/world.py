"""All that the main job needs, running on this machine: a bucket with the corpus, an Encord, an Airflow."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from demo.airflow_processes import Airflow, running_airflow
from demo.bucket_server import BucketServer, running_bucket_server
from demo.corpus import BUCKET, Corpus, write_corpus
from demo.sandbox_process import Sandbox, running_sandbox_process
from demo.stopwatch import Stopwatch

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class World:
    """What runs."""

    bucket_server: BucketServer
    corpus: Corpus
    sandbox: Sandbox
    airflow: Airflow

    def check(self) -> None:
        """Raise ServerDied when any of the processes has ended."""
        self.bucket_server.process.check()
        self.sandbox.process.check()
        self.airflow.check()


@contextlib.contextmanager
def running_world(state: Path, watch: Stopwatch, dags: Path = REPOSITORY / "dags") -> Iterator[World]:
    """Start everything, and end everything when the block ends, however it ends.

    Args:
        state: Directory that holds it all; a second start goes on with what is there.
        watch: Told what starts.
        dags: Folder of the DAG files.

    Raises:
        PortTaken: A server cannot listen where it did before.
        ServerDied: A process ended while it started.
        ServerNotReady: A process does not answer.

    """
    with contextlib.ExitStack() as stack:
        with watch.stage("S3 server"):
            bucket_server = stack.enter_context(running_bucket_server(state / "bucket"))
        watch.say(f"S3 server at {bucket_server.endpoint}")
        with watch.stage("corpus"):
            bucket_server.create_bucket(BUCKET)
            corpus = write_corpus(bucket_server.store(BUCKET))
        watch.say(f"s3://{BUCKET} holds {len(corpus)} objects")
        with watch.stage("sandbox"):
            sandbox = stack.enter_context(running_sandbox_process(state / "sandbox", bucket_server))
        watch.say(f"sandbox, an Encord on localhost, at {sandbox.url}")
        watch.say("Airflow starts: api-server, scheduler, dag-processor, triggerer")
        with watch.stage("Airflow"):
            environment = connections(bucket_server, sandbox)
            airflow = stack.enter_context(running_airflow(state / "airflow", dags, environment))
        watch.say(f"Airflow at {airflow.url}")
        yield World(bucket_server, corpus, sandbox, airflow)


def connections(bucket_server: BucketServer, sandbox: Sandbox) -> dict[str, str]:
    """Return the two connections that the DAGs use, as Airflow reads them from the environment."""
    encord = {
        "conn_type": "encord",
        "host": sandbox.url,
        "extra": {"private_key": str(sandbox.private_key)},
    }
    aws = {
        "conn_type": "aws",
        "login": bucket_server.access_key_id,
        "password": bucket_server.secret_access_key,
        "extra": {"endpoint_url": bucket_server.endpoint, "region_name": bucket_server.region},
    }
    return {"AIRFLOW_CONN_ENCORD_DEFAULT": json.dumps(encord), "AIRFLOW_CONN_AWS_DEFAULT": json.dumps(aws)}
