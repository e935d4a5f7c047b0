"""What became of each unit of a finished upload job."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from encord_provider.encord_api.api import EncordApi
from encord_provider.ingestion.present import FolderIndex
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.manifests import ManifestRecord
from encord_provider.ledger.objects import Member
from encord_provider.uploads.progress import Progress
from encord_provider.uploads.verdict import Verdict, judge


@dataclass(frozen=True)
class Settlement:
    """What one upload job did, in units."""

    registered: int
    refused: dict[str, str]
    """Title to Encord's reason."""

    unaccounted: tuple[str, ...] = ()
    """Titles of units of which there is neither an item nor a refusal."""


def settle(ledger: Ledger, api: EncordApi, record: ManifestRecord, progress: Progress) -> Settlement:
    """Record the fate of every unit of a job that came to its end; doing it again changes nothing.

    A unit that the job neither names among its items nor refuses was there before (`skip_duplicate_urls`), so
    the folder is read to find its item. What a failed job left unknown stays so, to be told apart; what one that
    was cancelled did not reach becomes new again, and so does what followed the first refusal in a strict job.
    """
    verdict = judge(progress)
    units = _units(ledger.objects.members(record.id))
    refused_urls = {url: refusal.reason for refusal in progress.refusals for url in refusal.urls}
    refused, registered, missing = {}, {}, []
    for title, members in units.items():
        reasons = [refused_urls[m.url] for m in members if m.url in refused_urls]
        if reasons:
            refused[title] = reasons[0]
        elif title in progress.items:
            registered[title] = progress.items[title]
        else:
            missing.append(title)
    if missing and not (verdict is Verdict.FAILED and progress.done <= len(progress.items)):
        index = FolderIndex.read(api, record.folder_uuid or "")
        for title in list(missing):
            members = units[title]
            item = index.item_of(members[0].kind, title, [m.url for m in members])
            if item:
                registered[title] = item
                missing.remove(title)
    ledger.objects.settle(record.id, registered=registered, quarantined=refused)
    released = verdict is Verdict.CANCELLED or (verdict is Verdict.FAILED and record.strict)
    if missing and released:
        ledger.parts.release([record.id])
    if verdict is Verdict.FAILED and not released:
        ledger.manifests.failed(record.id, progress.errors, time.time())
    if not missing or released:
        ledger.manifests.settled(record.id, time.time())
    return Settlement(len(registered), refused, tuple(missing))


def _units(members: Iterable[Member]) -> dict[str, list[Member]]:
    return {title: list(group) for title, group in groupby(members, key=lambda member: member.unit)}
