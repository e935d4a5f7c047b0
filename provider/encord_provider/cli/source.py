"""Commands on a source and the folder it is registered into; they use Airflow's connections.

What they work with is imported when one is given: ``airflow`` loads this module at each of its commands.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from encord_provider.cli.command import CLEAN, FAULTY, Command, Option, say, write_line
from encord_provider.errors import FailNow
from encord_provider.manifest.grouping import Grouping

if TYPE_CHECKING:
    from encord_provider.ingestion.audit import Drift
    from encord_provider.ingestion.run import Run
    from encord_provider.manifest.ingestion import Ingestion


def rebuild(arguments: argparse.Namespace) -> int:
    """Put a lost ledger together again from the folder in Encord and the bucket."""
    from encord_provider.hooks.buckets import open_source
    from encord_provider.hooks.encord import EncordHook
    from encord_provider.ingestion.rebuild import rebuild as put_together

    with _opened(arguments) as run:
        source = open_source(arguments.source, arguments.bucket_conn_id)
        api = EncordHook(arguments.encord_conn_id).api
        rebuilt = put_together(run, api, source, forget_gone=arguments.forget_gone)
    for name, count in asdict(rebuilt).items():
        write_line(f"{name}: {count}", sys.stdout)
    return CLEAN


def audit(arguments: argparse.Namespace) -> int:
    """Compare bucket, ledger, folder and dataset both ways; the exit code is 1 when they have drifted apart."""
    from encord_provider.hooks.buckets import open_source
    from encord_provider.hooks.encord import EncordHook
    from encord_provider.ingestion.audit import REMEDIES, DriftKind
    from encord_provider.ingestion.audit import audit as compare

    counts: Counter[str] = Counter()
    with _drifts_to(arguments.drifts) as tell, _opened(arguments) as run:
        api = EncordHook(arguments.encord_conn_id).api
        source = open_source(arguments.source, arguments.bucket_conn_id)
        with compare(run, api, source, arguments.dataset, arguments.in_flight_minutes * 60) as audited:
            for drift in audited.drifts():
                counts[drift.kind] += 1
                tell(drift)
            compared = ", ".join(f"{name}: {size}" for name, size in audited.sizes.items())
            say(f"compared {compared}; drifts: {counts.total()}")
            for kind in counts:
                say(f"{kind}: {counts[kind]}: {REMEDIES[DriftKind(kind)]}")
    return FAULTY if counts else CLEAN


def replay(arguments: argparse.Namespace) -> int:
    """Send objects in quarantine back into the pipeline, and tell how many, by cause."""
    from encord_provider.ingestion.replay import Choice
    from encord_provider.ingestion.replay import replay as send_back
    from encord_provider.uploads.causes import as_causes

    choice = Choice(as_causes(arguments.causes), tuple(arguments.keys or ("**",)), arguments.run_name)
    with _opened(arguments) as run:
        counts = send_back(run, choice, dry_run=arguments.dry_run)
    for cause in sorted(counts):
        write_line(f"{cause}: {counts[cause]}", sys.stdout)
    done = "would go back" if arguments.dry_run else "went back, for the next run"
    write_line(f"{counts.total()} objects {done}", sys.stdout)
    return CLEAN


def plan(arguments: argparse.Namespace) -> int:
    """Tell what a run would do now, and do nothing."""
    from encord_provider.errors import SHOWN_FAULTS
    from encord_provider.hooks.buckets import open_source
    from encord_provider.ingestion.preview import preview
    from encord_provider.ingestion.rules import Rules
    from encord_provider.manifest.limits import Advice, Limits

    grouping = Grouping(arguments.image_groups, arguments.image_sequences, arguments.dicom_series)
    rules = Rules(grouping, Limits(), Advice(), arguments.max_manifests)
    with _opened(arguments) as run:
        source = open_source(arguments.source, arguments.bucket_conn_id)
        planned = preview(run, source, rules, SHOWN_FAULTS)
    counts = asdict(planned.listing) | {
        "new": planned.new,
        "blocked": planned.blocked,
        "manifests": len(planned.manifests),
        "left behind": len(planned.left_behind),
        "requests": planned.requests,
    }
    for name, count in counts.items():
        write_line(f"{name}: {count}", sys.stdout)
    for record in planned.manifests:
        write_line(f"manifest of {record.units} units", sys.stdout)
    for record in planned.left_behind:
        write_line(f"left by {record.built_by}: manifest {record.id} of {record.units} units", sys.stdout)
    for entry in planned.reasons:
        write_line(f"blocked {entry.key}: {entry.reason}", sys.stdout)
    return CLEAN


def explain(arguments: argparse.Namespace) -> int:
    """Tell why a file is, or is not, in the dataset; the exit code is 1 when it is not."""
    from urllib.parse import unquote

    from encord_provider.buckets.location import Location
    from encord_provider.hooks.buckets import open_source
    from encord_provider.hooks.encord import EncordHook
    from encord_provider.ingestion.explain import Explanation

    is_url = arguments.object.startswith(("http://", "https://"))
    if arguments.source is None:
        if is_url:
            raise FailNow("give --source with the URL of an object: its bucket cannot be told from it")
        location = Location.parse(arguments.object)
        arguments.source = str(Location(location.scheme, location.bucket, ""))
    broken = None
    with _opened(arguments) as run:
        source = open_source(arguments.source, arguments.bucket_conn_id)
        if is_url:
            key = unquote(arguments.object.removeprefix(source.bucket.url_of("")))
        else:
            key = Location.parse(arguments.object).path
        api = EncordHook(arguments.encord_conn_id).api
        explanation = Explanation(run, api, source, key, arguments.dataset)
        write_line(explanation.url, sys.stdout)
        for link in explanation.links():
            write_line(str(link), sys.stdout)
            if broken is None and not link.holds:
                broken = link
    if broken:
        write_line(f"the first broken link is {broken.place}: {broken.remedy}", sys.stdout)
    return FAULTY if broken else CLEAN


SOURCE: Final = Option(("source",), {"help": "bucket and prefix, as the DAG has it", "metavar": "SOURCE"})
FOLDER: Final = Option(
    ("--folder",), {"required": True, "help": "name or UUID of the folder, spelled as the DAG has it"}
)
CONNECTIONS: Final = (
    Option(("--bucket-conn-id",), {"help": "Airflow connection of the bucket"}),
    Option(("--encord-conn-id",), {"default": "encord_default", "help": "Airflow connection of Encord"}),
)

GLOBS: Final = tuple(
    Option((f"--{name}",), {"action": "append", "metavar": "GLOB", "help": f"{name} keys, as the DAG does"})
    for name in ("include", "exclude")
)
SETTLE: Final = Option(
    ("--settle-seconds",), {"type": float, "default": 0, "help": "how long an object must be left unchanged"}
)
DATASET: Final = Option(("--dataset",), {"help": "title or UUID of the dataset that the folder is linked to"})

COMMANDS: Final = (
    Command(
        "explain",
        "Tell why a file is, or is not, in the dataset",
        explain,
        (
            Option(
                ("object",), {"metavar": "OBJECT", "help": "its URI, s3://bucket/key, or its URL in Encord"}
            ),
            Option(
                ("--source",), {"help": "bucket and prefix, as the DAG has it; by default all of the bucket"}
            ),
            *(FOLDER, DATASET, *GLOBS, SETTLE, *CONNECTIONS),
        ),
    ),
    Command(
        "plan",
        "Tell what a run would do now, and do nothing",
        plan,
        (
            *(SOURCE, FOLDER, *GLOBS, SETTLE, *CONNECTIONS),
            *(
                Option(
                    (f"--{name.replace('_', '-')}",),
                    {"metavar": "REGEX", "help": f"{name}=, as the DAG has it"},
                )
                for name in ("image_groups", "image_sequences")
            ),
            Option(
                ("--dicom-series",),
                {
                    "metavar": "REGEX",
                    "default": Grouping.dicom_series,
                    "help": "dicom_series=, as the DAG has it",
                },
            ),
            Option(
                ("--max-manifests",), {"type": int, "default": 100, "help": "the most there may be (100)"}
            ),
        ),
    ),
    Command(
        "audit",
        "Compare bucket, ledger, folder and dataset",
        audit,
        (
            *(SOURCE, FOLDER, DATASET, *GLOBS, *CONNECTIONS),
            Option(
                ("--in-flight-minutes",),
                {"type": float, "default": 60, "help": "what is younger is work in progress (60)"},
            ),
            Option(
                ("--drifts",),
                {
                    "metavar": "FILE",
                    "help": "write every drift there, a line of JSON each, not to the terminal",
                },
            ),
        ),
    ),
    Command(
        "replay",
        "Send objects in quarantine back into the pipeline",
        replay,
        (
            *(SOURCE, FOLDER),
            Option(
                ("--class",),
                {
                    "dest": "causes",
                    "action": "append",
                    "default": [],
                    "metavar": "CAUSE",
                    "help": "only of this cause, such as permission",
                },
            ),
            Option(
                ("--key",),
                {"dest": "keys", "action": "append", "metavar": "GLOB", "help": "only keys like this"},
            ),
            Option(
                ("--run",),
                {"dest": "run_name", "metavar": "RUN", "help": "only of this run, <dag_id>/<run_id>"},
            ),
            Option(("--dry-run",), {"action": "store_true", "help": "count, and change nothing"}),
            *CONNECTIONS,
        ),
    ),
    Command(
        "rebuild",
        "Put a lost ledger together again",
        rebuild,
        (
            *(SOURCE, FOLDER, *CONNECTIONS),
            Option(
                ("--forget-gone",),
                {"action": "store_true", "help": "forget what is registered and not in the folder any more"},
            ),
        ),
    ),
)


@contextmanager
def _drifts_to(file: str | None) -> Iterator[Callable[["Drift"], None]]:
    """Give a function that writes a drift where the user wants it; Airflow logs to the terminal, too."""
    if file is None:
        yield lambda drift: write_line(str(drift), sys.stdout)
        return
    with Path(file).open("w", encoding="utf-8") as out:
        yield lambda drift: write_line(drift.as_json(), out)


def _ingestion(arguments: argparse.Namespace) -> "Ingestion":
    from encord_provider.manifest.ingestion import Ingestion

    given = {name: value for name, value in vars(arguments).items() if value is not None}
    return Ingestion.model_validate({name: given[name] for name in Ingestion.model_fields if name in given})


@contextmanager
def _opened(arguments: argparse.Namespace) -> Iterator["Run"]:
    """Open the configured ledger, and Airflow's connections wherever Airflow keeps them.

    Raises:
        FailNow: There is no such connection.

    """
    from airflow.providers.common.compat.sdk import AirflowNotFoundException

    from encord_provider.hooks.run import open_run_by_hand

    os.environ["_AIRFLOW_PROCESS_CONTEXT"] = (
        "server"  # as ``airflow connections``: its database has them, too
    )
    try:
        with open_run_by_hand(arguments.command.name, _ingestion(arguments)) as run:
            yield run
    except AirflowNotFoundException as error:
        raise FailNow(str(error)) from None
