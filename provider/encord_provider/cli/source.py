"""Commands on a source and the folder it is registered into; they use Airflow's connections.

Nothing but the standard library is imported at module level: ``airflow`` loads this at each of its commands.
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
DATASET: Final = Option(("--dataset",), {"help": "title or UUID of the dataset that the folder is linked to"})

COMMANDS: Final = (
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
