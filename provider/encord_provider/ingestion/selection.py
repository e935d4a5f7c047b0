"""Which items a dataset is to have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from encord_provider.encord_api.api import EncordApi
from encord_provider.encord_api.found import Item
from encord_provider.ingestion.places import none_if_awaited
from encord_provider.ledger.keys import RunKey
from encord_provider.ledger.ledger import Ledger
from encord_provider.metadata.merge import same


@dataclass(frozen=True)
class Query:
    """Items of a folder, as Encord lists them now."""

    folder: str
    """Name, path or UUID."""

    subfolders: bool = False
    """Whether the folders below are meant, too."""

    search: str | None = None
    """Part of their names, in any case."""

    item_types: tuple[str, ...] = ()
    """Encord's words for their types; none is all."""

    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Values that their custom metadata has."""

    def items(self, api: EncordApi) -> Iterator[Item]:
        """Yield the items in the order of their names, folder by folder."""
        listed = api.items(
            self.folder,
            metadata=bool(self.metadata),
            search=self.search,
            item_types=self.item_types,
            subfolders=self.subfolders,
        )
        return (item for item in listed if self._describes(item.client_metadata))

    def _describes(self, metadata: Mapping[str, Any]) -> bool:
        return all(key in metadata and same(metadata[key], value) for key, value in self.metadata.items())


@dataclass(frozen=True)
class OfRun:
    """The items of the objects that a run is answerable for, as the ledger has them."""

    run: RunKey


Selection = Query | OfRun


def selected(selection: Selection, ledger: Ledger, api: EncordApi) -> dict[str, str]:
    """Return the selected items in their order: UUID to name, which the ledger does not keep."""
    if isinstance(selection, OfRun):
        return dict.fromkeys(ledger.runs.items(selection.run), "")
    items = none_if_awaited(ledger, api, selection.folder, selection.items(api))
    return {item.uuid: item.name for item in items}
