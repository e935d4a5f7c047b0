"""What the bucket, the ledger, the folder and the dataset say, as rows of a comparison."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from encord_provider.encord_api.api import EncordApi
from encord_provider.ingestion.run import Source
from encord_provider.ledger.ledger import Ledger
from encord_provider.manifest.globs import KeyFilter
from encord_provider.manifest.ingestion import Ingestion
from encord_provider.manifest.kinds import GROUPED, Kind

KINDS: Final[dict[str, Kind]] = {
    "video": Kind.VIDEO,
    "audio": Kind.AUDIO,
    "image": Kind.IMAGE,
    "imageGroup": Kind.IMAGE_GROUP,
    "imageSequence": Kind.IMAGE_SEQUENCE,
    "dicomSeries": Kind.DICOM_SERIES,
    "pdf": Kind.PDF,
    "plainText": Kind.TEXT,
    "nifti": Kind.NIFTI,
    "timeseries": Kind.TIME_SERIES,
    "scene": Kind.SCENE,
}
"""Encord's word for the type of an item to ours; other items are not made of objects of a bucket."""

GROUPS: Final = tuple(word for word, kind in KINDS.items() if kind in GROUPED)
"""Encord's words for items that are made of several objects."""


def bucket_rows(source: Source, ingestion: Ingestion) -> Iterator[tuple[Any, ...]]:
    """List the source; objects that the globs leave out are there, too, but not wanted."""
    wanted = KeyFilter(ingestion.include, ingestion.exclude)
    directory = source.prefix[: source.prefix.rfind("/") + 1]
    for page in source.bucket.pages(source.prefix):
        for obj in page:
            is_wanted = obj.key.removeprefix(directory) in wanted
            yield obj.url, obj.key, obj.version, obj.size, obj.last_modified.timestamp(), is_wanted


def ledger_rows(ledger: Ledger, target: str) -> Iterator[tuple[Any, ...]]:
    """Read what the ledger knows of the target, from any source."""
    for page in ledger.entries.of_target(target):
        for e in page:
            seen = e.url, e.version, e.key, e.fate, e.first_seen, e.since
            yield *seen, e.item_uuid, e.unit, e.manifest, e.job_uuid


def folder_rows(api: EncordApi, folder: str) -> Iterator[tuple[Any, ...]]:
    """List the folder, a thousand items a request; what its groups are made of is in `member_rows`."""
    for item in api.items(folder):
        yield item.uuid, item.url, item.name, item.kind, seconds(item.created_at)


def member_rows(api: EncordApi, groups: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Read which objects some groups are made of, a request for each group."""
    for group, urls in api.members(groups):
        for url in urls:
            yield group, url


def dataset_rows(api: EncordApi, dataset: str) -> Iterator[tuple[Any, ...]]:
    """Read the rows of a dataset."""
    for row in api.rows(api.dataset(dataset)):
        yield row.item, row.title, seconds(row.created_at)


def seconds(time: datetime) -> float:
    """Return a time of Encord's as seconds since 1970; the older API leaves out that it is UTC."""
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
