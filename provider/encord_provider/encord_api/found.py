"""What Encord holds, as far as this package looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Item:
    """One storage item."""

    uuid: str
    name: str
    kind: str
    """Encord's word for its type."""

    url: str | None
    """Where its one object is; None for groups, sequences and series."""

    created_at: datetime
    """When it was registered, by Encord's clock."""

    client_metadata: Mapping[str, Any]
    frames: int | None = None
    """How many frames it has, where Encord counts them."""


@dataclass(frozen=True)
class Whereabouts:
    """Where an item is, and what uses it."""

    folder: str
    """UUID of its folder."""

    datasets: frozenset[str]
    """UUIDs of the datasets that have a row for it, as far as the key may see them."""


@dataclass(frozen=True)
class Row:
    """One data row of a dataset."""

    uuid: str
    """What labels are kept under: Encord's *data hash*."""

    item: str
    """UUID of the item that it stands for."""

    title: str
    url: str | None
    """Where the item's one object is; None for groups, sequences and series."""

    created_at: datetime
