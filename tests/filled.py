"""An Encord with many items, in a process of its own."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.connection import Credentials
from encord_provider.encord_api.private_key import load_private_key
from encord_provider.sandbox.seeding import seed_images
from tests.contract.sandbox_process import sandbox_process

FOLDER = "fleet"


@dataclass(frozen=True)
class Filled:
    """One folder of images, and what reaches it."""

    url: str
    state: Path

    def api(self) -> EncordApi:
        """Return a client of its own."""
        key = (self.state / "private_key").read_text()
        return EncordApi(Credentials(self.url, load_private_key(key), None))

    def requests(self) -> int:
        """Return how many requests the API was sent so far."""
        with urllib.request.urlopen(f"{self.url}/_sandbox/requests") as answer:  # noqa: S310 - of this machine
            return len(json.load(answer))


def title(number: int) -> str:
    """Return the title of an image, in the order of the numbers."""
    return f"2026/01/01/frame-{number:08}.jpg"


@contextmanager
def filled(state: Path, count: int) -> Iterator[Filled]:
    """Run an Encord with a folder of *count* images, each with a little metadata."""
    seed_images(state, FOLDER, [title(number) for number in range(count)], {"team": "blue", "site": "north"})
    with sandbox_process(state) as running:
        yield Filled(running.url, state)
