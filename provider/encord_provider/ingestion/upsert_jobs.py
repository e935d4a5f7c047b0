"""Custom metadata sent by upload jobs, whose manifests name items by their URLs and have both flags set."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.found import Item
from encord_provider.errors import UploadFailed
from encord_provider.ingestion.survey import KINDS
from encord_provider.manifest.chunks import chunk
from encord_provider.manifest.kinds import GROUPED, Kind
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.units import Unit
from encord_provider.uploads.pace import SHORTEST_SECONDS, pauses
from encord_provider.uploads.verdict import Verdict, judge

UNITS_A_JOB = 10_000
"""Items of one job: nothing is read for them, so far more than the advice for new ones."""

LONGEST_PAUSE_SECONDS = 15.0


@dataclass
class Sendable:
    """The items of a folder that a manifest can name: those of one object that no other item is of."""

    items: dict[str, Item] = field(default_factory=dict)
    urls: Counter[str] = field(default_factory=Counter)

    def note(self, item: Item) -> None:
        """Take note of an item of the folder."""
        if item.url:
            self.urls[item.url] += 1
            if KINDS.get(item.kind) not in {None, Kind.SCENE, *GROUPED}:
                self.items[item.uuid] = item

    def among(self, uuids: Collection[str]) -> dict[str, Item]:
        """Return those of *uuids* that a manifest can name."""
        named = {uuid: self.items[uuid] for uuid in uuids if uuid in self.items}
        return {uuid: item for uuid, item in named.items() if self.urls[item.url or ""] == 1}


@dataclass(frozen=True)
class UpsertJobs:
    """Upload jobs that overwrite the metadata of items of one folder."""

    api: EncordApi
    folder: str
    integration: str | None
    """Title of the integration; None is the connection's."""

    def send(
        self,
        items: Mapping[str, Item],
        metadata: Mapping[str, Mapping[str, Any]],
        prolong: Callable[[], None],
    ) -> Iterator[list[str]]:
        """Give *items* their *metadata*, both by UUID; yield the UUIDs of each job when it has ended well.

        Raises:
            UploadFailed: Encord refused a job or one of its items.

        """
        folder_uuid, integration = self.api.folder(self.folder), self.api.integration(self.integration)
        by_url = {item.url or "": uuid for uuid, item in items.items()}
        units = (
            Unit(KINDS[item.kind], item.name, (item.url or "",), client_metadata=metadata[uuid])
            for uuid, item in items.items()
        )
        for few in chunk(units, Limits(), Advice(units={}, other_units=UNITS_A_JOB)):
            manifest = Manifest(few, skip_duplicate_urls=True, upsert_metadata=True)
            self._wait(folder_uuid, self.api.start_upload(folder_uuid, integration, manifest), prolong)
            yield [by_url[unit.urls[0]] for unit in few]

    def _wait(self, folder_uuid: str, job: str, prolong: Callable[[], None]) -> None:
        pause, longer = SHORTEST_SECONDS, pauses(LONGEST_PAUSE_SECONDS)
        while judge(progress := self.api.upload_progress(folder_uuid, job)) is Verdict.WAIT:
            prolong()
            time.sleep(pause)
            pause = next(longer)
        if judge(progress) is Verdict.FAILED or progress.refusals:
            refused = [f"{', '.join(refusal.urls)}: {refusal.reason}" for refusal in progress.refusals]
            raise UploadFailed(job, progress.status, [*progress.errors, *refused])
