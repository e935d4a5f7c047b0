"""Run the main job on this machine, from a bucket to a dataset that is ready to be labelled.

Starts a real S3 server with a corpus of real media, the sandbox (an Encord on localhost) and a real Airflow;
runs the DAG nightly_ingest; prints its receipt, and what the SDK then finds in Encord. The last line is the
receipt as JSON. Exit code 0 only if the receipt closes, and the SDK finds every object that must be there and
no other. A second run on the same state registers nothing new.
"""

import argparse
import contextlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

import httpx

from demo.check import Comparison, look
from demo.corpus import BUCKET
from demo.ingestion import DATASET, FOLDER, DagMissing, RunFailed, ingest
from demo.ports import LOOPBACK, PortTaken
from demo.report import Report
from demo.server_process import ServerDied, ServerNotReady
from demo.stopwatch import Stopwatch
from demo.world import REPOSITORY, World, running_world

_INTERRUPTED = 130  # as shells report a program that Ctrl-C ended
_POLL_SECONDS = 1.0


def main(arguments: Sequence[str]) -> int:
    """Run the demo; return its exit code."""
    options = _parser().parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    _reach_this_machine_directly()
    watch = Stopwatch()
    try:
        with running_world(options.state.resolve(), watch) as world:
            report = _run(world, watch)
            print(*report.lines(), sep="\n", flush=True)
            if options.serve:
                _serve(world)
    except (DagMissing, PortTaken, RunFailed, ServerDied, ServerNotReady, httpx.HTTPError) as trouble:
        print(f"\nThe demo cannot go on: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; every process has ended", file=sys.stderr)
        return _INTERRUPTED
    return 0 if report.holds else 1


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """Leave every block that runs something, whichever signal told us to end."""
    print("\nEnding every process ...", file=sys.stderr, flush=True)
    raise KeyboardInterrupt


def _reach_this_machine_directly() -> None:
    """Keep every client, in every process that we start, from asking a proxy for what is on this machine."""
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), LOOPBACK)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="provider demo", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--state",
        type=Path,
        default=REPOSITORY / ".demo",
        metavar="DIR",
        help="where everything is kept between runs (default: %(default)s)",
    )
    parser.add_argument(
        "--serve", action="store_true", help="leave all of it up, and say where, until Ctrl-C"
    )
    return parser


def _run(world: World, watch: Stopwatch) -> Report:
    with watch.stage("DAG run"):
        receipt = ingest(world, watch)
    with watch.stage("check"):
        bucket_url = f"{world.bucket_server.endpoint}/{BUCKET}"
        found = look(world.sandbox.client(), bucket_url, FOLDER, DATASET)
    return Report(receipt, Comparison(world.corpus, found), watch.stages)


def _serve(world: World) -> None:
    """Wait for Ctrl-C, which is how this ends well."""
    print(
        f"\nAirflow      {world.airflow.url}\nthe sandbox  {world.sandbox.url}\nCtrl-C ends them.", flush=True
    )
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            world.check()
            time.sleep(_POLL_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
