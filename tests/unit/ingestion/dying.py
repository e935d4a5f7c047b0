"""A task that sends embeddings and is killed in the middle."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.private_key import load_private_key
from encord_provider.ingestion.embeddings import Embed, Embedded, Target
from encord_provider.ingestion.run import Task
from encord_provider.ingestion.vector_files import read_rows
from encord_provider.ingestion.vectors import Vectors
from encord_provider.ledger.ledger import Ledger
from encord_provider.metadata.embeddings import Embeddings


class Mortal(EncordApi):
    """Kills its process after a number of bundles, before the last of them is noted."""

    bundles_to_live = 0

    def change_metadata(self, *args: Any) -> Iterator[list[str]]:
        """Send what it is given; then perhaps die."""
        for bundle in super().change_metadata(*args):
            self.bundles_to_live -= 1
            if self.bundles_to_live == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            yield bundle


def embed(
    ledger_url: str, domain: str, private_key: str, folder: str, file: str, *, bundles: int = 0
) -> Embedded:
    """Send the vectors of *file*; die after as many *bundles*."""
    embeddings = Embeddings("fleet-clip", file, key="title")
    api = Mortal(Credentials(domain, load_private_key(private_key)))
    api.bundles_to_live = bundles
    with Ledger(ledger_url) as ledger, Vectors(embeddings) as vectors:
        vectors.fill(read_rows(embeddings, Path(file), None))
        return Embed(ledger, api, vectors, Target("dag/embed", folder), Task("run", "embed")).run()
