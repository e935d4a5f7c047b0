"""A dataset, compared with what it is to have."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from encord_provider.encord_api.api import EncordApi

RowName: TypeAlias = Literal["item", "url", "title"]
"""What of a row an expected file is known by."""


@dataclass(frozen=True)
class Verification:
    """What a dataset has, and what it was to have."""

    expected: int
    rows: int
    missing: Mapping[str, str]
    """What has no row: what it is known by, and its name, where that is something else."""

    extra: Mapping[str, str]
    """What has a row and is not expected."""

    repeated: Mapping[str, str]
    """What has more rows than one."""

    @property
    def counts(self) -> dict[str, int]:
        """Return how many there are of each."""
        return {
            "expected": self.expected,
            "rows": self.rows,
            "missing": len(self.missing),
            "extra": len(self.extra),
            "repeated": len(self.repeated),
        }

    def lines(self) -> Iterator[bytes]:
        """Yield a line of JSON for everything that is missing, extra or repeated."""
        found = {"missing": self.missing, "extra": self.extra, "repeated": self.repeated}
        for finding, entries in found.items():
            for known_by, name in entries.items():
                line = {"finding": finding, "known_by": known_by, "name": name}
                yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def verify(
    api: EncordApi, dataset: str, expected: Mapping[str, str], known_by: RowName = "item"
) -> Verification:
    """Compare the rows of *dataset* with what is *expected*: what each is known by, and its name."""
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for row in api.rows(api.dataset(dataset)):
        known = {"item": row.item, "url": row.url, "title": row.title}[known_by]
        if known is not None:  # a group has no URL that could be expected
            names[known] = row.title
            counts[known] += 1
    return Verification(
        expected=len(expected),
        rows=counts.total(),
        missing={known: name for known, name in expected.items() if known not in counts},
        extra={known: name for known, name in names.items() if known not in expected},
        repeated={known: names[known] for known, count in counts.items() if count > 1},
    )
