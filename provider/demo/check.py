"""What is in Encord after a run, asked for through the SDK and compared with the corpus's own truth."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote
from uuid import UUID

from encord import EncordUserClient
from encord.orm.storage import StorageItemType
from encord.storage import StorageItem

from demo.corpus import PREFIX, Corpus

# Types whose items are made of other items: only these may be asked for their children.
_COMPOSITE = (StorageItemType.IMAGE_GROUP, StorageItemType.IMAGE_SEQUENCE, StorageItemType.DICOM_SERIES)
_PAGE = 1_000  # the most that the SDK allows


class Content(NamedTuple):
    """What an item is, and of what."""

    item_type: str

    keys: tuple[str, ...]
    """Keys of its objects in the bucket, in the item's order."""

    def __str__(self) -> str:
        """Name the item as people would."""
        return f"{self.item_type} of {', '.join(self.keys)}"


@dataclass(frozen=True)
class Found:
    """What the SDK sees."""

    contents: Counter[Content]
    """The folder's items that are made of objects below the corpus's prefix."""

    metadata: dict[str, dict[str, object]]
    """Custom metadata of each item, by the key of its first object."""

    rows: Counter[str]
    """How many data rows of the dataset each item backs, by the key of its first object."""


@dataclass(frozen=True)
class Comparison:
    """The truth and what was found, side by side."""

    corpus: Corpus
    found: Found

    @cached_property
    def faults(self) -> tuple[str, ...]:
        """Say in words what is not as it must be; empty when all is well."""
        wanted = Counter(
            Content(unit.item_type, tuple(s.key for s in unit.sources)) for unit in self.corpus.units
        )
        rows = Counter(content.keys[0] for content in wanted)
        return (
            *(f"not registered: {content}" for content in wanted - self.found.contents),
            *(f"registered, and must not be: {content}" for content in self.found.contents - wanted),
            *(f"not in the dataset: {key}" for key in rows - self.found.rows),
            *(f"in the dataset, and must not be: {key}" for key in self.found.rows - rows),
            *(f"metadata missing: {key}" for key in sorted(set(self.corpus.metadata) - self._right_metadata)),
        )

    @property
    def items_with_metadata(self) -> int:
        """How many items have the metadata that the table says they have."""
        return len(self._right_metadata)

    @cached_property
    def _right_metadata(self) -> frozenset[str]:
        """Keys whose item has every value of the table; a boolean is compared by its name."""
        return frozenset(
            key
            for key, wanted in self.corpus.metadata.items()
            if wanted.items() <= {n: _text(v) for n, v in self.found.metadata.get(key, {}).items()}.items()
        )


def look(client: EncordUserClient, bucket_url: str, folder: str, dataset: str) -> Found:
    """Read the folder and the dataset through the unmodified SDK; other things in them are left out of account.

    Args:
        client: The SDK, signed in.
        bucket_url: What registered URLs begin with, without a slash at the end.
        folder: Exact name of the folder; there must be one such folder.
        dataset: Exact title of the dataset; there must be one such dataset.

    """
    [there] = [f for f in client.find_storage_folders(search=folder, page_size=_PAGE) if f.name == folder]
    items = {item.uuid: item for item in there.list_items(page_size=_PAGE)}
    contents = _contents(items, bucket_url)
    [found] = client.get_datasets(title_eq=dataset)
    rows = client.get_dataset(found["dataset"].dataset_hash).list_data_rows()
    return Found(
        contents=Counter(contents.values()),
        metadata={it.keys[0]: dict(items[uuid].client_metadata or {}) for uuid, it in contents.items()},
        rows=Counter(it.keys[0] for row in rows if (it := contents.get(row.backing_item_uuid))),
    )


def _contents(items: Mapping[UUID, StorageItem], bucket_url: str) -> dict[UUID, Content]:
    """Tell of what each item is made; frames and slices are not items of their own, listed or not."""
    parts = {uuid: list(it.get_child_items()) for uuid, it in items.items() if it.item_type in _COMPOSITE}
    inner = {part.uuid for some in parts.values() for part in some}
    contents = {
        uuid: Content(item.item_type.value, tuple(_key(part, bucket_url) for part in parts.get(uuid, [item])))
        for uuid, item in items.items()
        if uuid not in inner
    }
    return {uuid: content for uuid, content in contents.items() if content.keys[0].startswith(PREFIX)}


def _key(item: StorageItem, bucket_url: str) -> str:
    """Return the key of the object that *item* was registered from."""
    return unquote((item.url or "").removeprefix(f"{bucket_url}/"))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
