"""Commands on the ledger that this deployment is configured with.

Nothing but the standard library is imported at module level: ``airflow`` loads this at each of its commands.
"""

import argparse
import sys
import time
from contextlib import closing
from typing import Final

from encord_provider.cli.command import CLEAN, FAULTY, Command, Option, write_line

DAY_SECONDS: Final = 86_400


def status(arguments: argparse.Namespace) -> int:
    """Tell where the ledger is and which version its tables have; change nothing."""
    del arguments
    from encord_provider.hooks.ledger import ledger_place
    from encord_provider.ledger.engine import engine_of
    from encord_provider.ledger.faults import known_faults
    from encord_provider.ledger.schema import VERSION, version_of

    engine = engine_of(ledger_place())
    try:
        with known_faults(engine.url):
            present = version_of(engine)
    finally:
        engine.dispose()
    write_line(f"ledger: {engine.url.render_as_string()}", sys.stdout)
    write_line(f"tables: {present or 'none yet'}", sys.stdout)
    write_line(f"this package's tables: {VERSION}", sys.stdout)
    return CLEAN if present == VERSION else FAULTY


def upgrade(arguments: argparse.Namespace) -> int:
    """Make the ledger, or bring its tables up to date, as the first task would."""
    from encord_provider.hooks.ledger import open_ledger

    open_ledger().close()
    return status(arguments)


def prune(arguments: argparse.Namespace) -> int:
    """Forget the accounts of old runs; what became of each object stays, and so do the receipts."""
    from encord_provider.hooks.ledger import open_ledger

    with closing(open_ledger()) as ledger:
        pruned = ledger.runs.prune(time.time() - arguments.days * DAY_SECONDS)
    write_line(f"runs: {pruned}", sys.stdout)
    return CLEAN


DAYS: Final = Option(
    ("--days",), {"type": float, "required": True, "help": "how many days of runs keep their accounts"}
)

COMMANDS: Final = (
    Command("status", "Tell where the ledger is and which version its tables have", status, ()),
    Command("upgrade", "Make the ledger, or bring its tables up to date", upgrade, ()),
    Command("prune", "Forget the accounts of old runs", prune, (DAYS,)),
)
