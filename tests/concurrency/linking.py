"""Links a folder to a dataset, in a process of its own: ``python -m tests.concurrency.linking URL STATE LEDGER``."""

import sys
from pathlib import Path

from encord_provider.ingestion.link import link_folder
from encord_provider.ingestion.run import Task
from encord_provider.ledger.ledger import Ledger
from tests.filled import FOLDER, Filled

DATASET = "labelling"


def main() -> None:
    """Do what the operator does, as one task that is tried again and again."""
    url, state, ledger_url = sys.argv[1:]
    with Ledger(ledger_url) as ledger:
        linked = link_folder(ledger, Filled(url, Path(state)).api(), FOLDER, DATASET, Task("run", "link"))
    sys.stdout.write(f"{linked.linked} {linked.already}\n")


if __name__ == "__main__":
    main()
