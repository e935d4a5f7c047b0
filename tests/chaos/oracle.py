"""What must hold once a storm is over."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, select

from encord_provider.ingestion.bisect import BLAMED
from encord_provider.ledger.fates import Fate
from encord_provider.ledger.tables import manifests, objects
from tests.chaos.storm import Storm

REPLAYED: Final = 4
"""Of so many storms one is done all over again when it is over, which takes as long as half a storm."""


@dataclass(frozen=True)
class Item:
    """One item of the folder, as the SDK shows it."""

    uuid: str
    name: str
    urls: frozenset[str]


def items(storm: Storm) -> list[Item]:
    """List the storm's folder by the SDK alone."""
    client = storm.encord.api.client
    folders = [f for f in client.find_storage_folders(search=storm.folder) if f.name == storm.folder]
    found = []
    for folder in folders:
        for item in folder.list_items(page_size=1000):
            urls = [item.url] if item.url else [child.url for child in item.get_child_items()]
            found.append(Item(str(item.uuid), item.name, frozenset(url for url in urls if url)))
    return found


def faults(storm: Storm) -> list[str]:
    """Return everything that is wrong after *storm* has calmed down."""
    if storm.faults:
        return storm.faults
    folder = items(storm)
    return [
        *_twice(folder),
        *_lost(storm, folder),
        *_disagreements(storm, folder),
        *_open_accounts(storm),
        *_untrue_reasons(storm),
        *_links(storm, folder),
    ]


def damage(storm: Storm, *, replayed: bool = True) -> list[str]:
    """Return what is wrong after *storm* and, unless that is left out, once it is done all over again."""
    return faults(storm) or (faults_of_replay(storm) if replayed else [])


def faults_of_replay(storm: Storm) -> list[str]:
    """Return what a second performance of everything changes."""
    before = (_fates(storm), sorted(item.uuid for item in items(storm)), storm.encord.jobs_started())
    storm.replay()
    after = (_fates(storm), sorted(item.uuid for item in items(storm)), storm.encord.jobs_started())
    changed = [f"a replay changes {b} to {a}" for b, a in zip(before, after, strict=True) if b != a]
    return [*storm.faults, *changed, *_open_accounts(storm)]


def _twice(folder: list[Item]) -> Iterator[str]:
    counts = Counter(url for item in folder for url in item.urls)
    for url, count in sorted(counts.items()):
        if count > 1:
            yield f"{url} is registered {count} times"
    names = Counter(item.name for item in folder)
    for name, count in sorted(names.items()):
        if count > 1:
            yield f"{count} items are named {name}, and it names one unit of the bucket"


def _lost(storm: Storm, folder: list[Item]) -> Iterator[str]:
    there = {url for item in folder for url in item.urls}
    known = {(row.url, row.version): row for row in _rows(storm)}
    for version in storm.past.present():
        if version.key.startswith("tmp/"):
            continue
        url = storm.past.url_of(version.key)
        row = known.get((url, version.version))
        fate = Fate(row.fate) if row else None
        if fate not in {Fate.REGISTERED, Fate.CHANGED, Fate.QUARANTINED}:
            yield f"{version} has the fate {fate}"
        elif fate is not Fate.QUARANTINED and url not in there:
            yield f"{version} is {fate}, and the folder does not hold it"


def _disagreements(storm: Storm, folder: list[Item]) -> Iterator[str]:
    rows = [row for row in _rows(storm) if row.fate == Fate.REGISTERED]
    by_uuid = {item.uuid: item for item in folder}
    for row in rows:
        item = by_uuid.get(row.item_uuid)
        if item is None:
            yield f"the ledger has {row.key} as item {row.item_uuid}, which the folder does not hold"
        elif row.url not in item.urls:
            yield f"the ledger has {row.key} as item {item.name}, which is {sorted(item.urls)}"
    named = {row.url for row in rows}
    for item in folder:
        for url in sorted(item.urls - named):
            yield f"the folder holds {url}, and the ledger does not have it registered"
    with storm.ledger.transaction() as connection:
        unsettled = connection.execute(select(manifests).where(manifests.c.settled_at.is_(None))).all()
    for manifest in unsettled:
        held = [f"{row.key} {row.version} {row.fate}" for row in _rows(storm) if row.manifest == manifest.id]
        yield f"a manifest of {manifest.built_by} with the job {manifest.job_uuid} is not settled: {held}"


def _open_accounts(storm: Storm) -> Iterator[str]:
    for run in storm.runs:
        account = run.receipt.result
        if account is None or not account.closed:
            yield f"{run.name}: the receipt does not close: {account}"


def _untrue_reasons(storm: Storm) -> Iterator[str]:
    for row in _rows(storm):
        if row.fate != Fate.QUARANTINED:
            continue
        says = [is_true for words, is_true in REASONS.items() if words in str(row.reason)]
        if not says:
            yield f"{row.key} is in quarantine for a reason of its own: {row.reason}"
        elif not any(is_true(storm, row.key) for is_true in says):
            yield f"{row.key} is in quarantine, and it is not true that {row.reason}"


def _links(storm: Storm, folder: list[Item]) -> Iterator[str]:
    client = storm.encord.api.client
    found = list(client.get_datasets(title_eq=storm.folder))
    if len(found) != 1:
        yield f"{len(found)} datasets were made"
        return
    rows = Counter(
        str(row.backing_item_uuid)
        for row in client.get_dataset(found[0]["dataset"].dataset_hash).list_data_rows()
    )
    if rows != Counter(item.uuid for item in folder):
        yield f"the dataset has the rows {rows}, the folder the items {folder}"


def _rows(storm: Storm) -> list[Row[Any]]:
    with storm.ledger.transaction() as connection:
        return list(connection.execute(select(objects).order_by(objects.c.key, objects.c.id)))


def _fates(storm: Storm) -> list[tuple[str, ...]]:
    return [(row.key, row.version, row.fate, str(row.item_uuid)) for row in _rows(storm)]


def _group(storm: Storm, key: str) -> list[str]:
    directory, slash, _ = key.rpartition("/")
    return [k for k in storm.past.versions if slash and k.startswith(f"{directory}/")] or [key]


def _registered_without(storm: Storm, key: str) -> bool:
    groups = [item for item in items(storm) if item.name == key.rpartition("/")[0]]
    return bool(groups) and not any(storm.past.url_of(key) in group.urls for group in groups)


def _was_empty(storm: Storm, keys: list[str]) -> bool:
    return any(not version.body for key in keys for version in storm.past.versions[key])


def _took_its_job_down(storm: Storm, key: str) -> bool:
    return storm.lost or not storm.poison.isdisjoint(_group(storm, key))


REASONS: Final[dict[str, Callable[[Storm, str], bool]]] = {
    "the object is empty": lambda storm, key: _was_empty(storm, [key]),
    "of the same unit, is empty": lambda storm, key: _was_empty(storm, _group(storm, key)),
    "Encord has no kind": lambda _, key: key.endswith(".xyz"),
    "it came late": _registered_without,
    "does not exist": lambda storm, key: bool(storm.past.deleted & set(_group(storm, key))),
    BLAMED: _took_its_job_down,
    "Expected an image": lambda storm, key: any(
        b"only words" in version.body
        for member in _group(storm, key)
        for version in storm.past.versions[member]
    ),
}
"""What a reason for quarantine says, and whether it can be true of a key."""
