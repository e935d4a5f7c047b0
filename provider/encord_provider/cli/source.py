"""Commands on a source and the folder it is registered into; they use Airflow's connections.

Nothing but the standard library is imported at module level: ``airflow`` loads this at each of its commands.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from encord_provider.cli.command import CLEAN, Command, Option, write_line
from encord_provider.errors import FailNow

if TYPE_CHECKING:
    from encord_provider.ingestion.run import Run
    from encord_provider.manifest.ingestion import Ingestion


def rebuild(arguments: argparse.Namespace) -> int:
    """Put a lost ledger together again from the folder in Encord and the bucket."""
    from encord_provider.hooks.buckets import open_source
    from encord_provider.hooks.encord import EncordHook
    from encord_provider.ingestion.rebuild import rebuild as put_together

    with _opened(arguments) as run:
        source = open_source(arguments.source, arguments.bucket_conn_id)
        rebuilt = put_together(run, EncordHook(arguments.encord_conn_id).api, source)
    for name, count in asdict(rebuilt).items():
        write_line(f"{name}: {count}", sys.stdout)
    return CLEAN


SOURCE: Final = Option(("source",), {"help": "bucket and prefix, as the DAG has it", "metavar": "SOURCE"})
FOLDER: Final = Option(
    ("--folder",), {"required": True, "help": "name or UUID of the folder, spelled as the DAG has it"}
)
CONNECTIONS: Final = (
    Option(("--bucket-conn-id",), {"help": "Airflow connection of the bucket"}),
    Option(("--encord-conn-id",), {"default": "encord_default", "help": "Airflow connection of Encord"}),
)

COMMANDS: Final = (
    Command("rebuild", "Put a lost ledger together again", rebuild, (SOURCE, FOLDER, *CONNECTIONS)),
)


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
        with open_run_by_hand("rebuild", _ingestion(arguments)) as run:
            yield run
    except AirflowNotFoundException as error:
        raise FailNow(str(error)) from None
