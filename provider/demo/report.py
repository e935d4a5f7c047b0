"""The end of the demo, in words: the receipt of the run, and what an independent look found."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from demo.check import Comparison
from demo.ingestion import DATASET, FOLDER, Receipt


@dataclass(frozen=True)
class Report:
    """All that is known when the run has ended."""

    receipt: Receipt
    comparison: Comparison
    stages: Mapping[str, float]
    """What each stage took, in seconds."""

    @property
    def unnamed_poison(self) -> frozenset[str]:
        """Poison that the receipt does not name as quarantined."""
        return self.comparison.corpus.poison_keys - self.receipt.quarantined.keys()

    @property
    def holds(self) -> bool:
        """Whether the receipt closes, names every poison object, and Encord holds what it must and no more."""
        return bool(self.receipt.counts["closed"]) and not self.unnamed_poison and not self.comparison.faults

    def lines(self) -> Iterator[str]:
        """Tell it all, the receipt as one line of JSON last."""
        yield ""
        yield from self._account()
        yield ""
        yield from self._findings()
        yield ""
        total = sum(self.stages.values())
        shown = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in self.stages.items())
        yield f"Wall time: {total:.1f} s ({shown})"
        yield json.dumps(dict(self.receipt.counts))

    def _account(self) -> Iterator[str]:
        counts = self.receipt.counts
        yield f"Receipt ({self.receipt.uri})"
        yield f"  {counts['discovered']:>5} objects discovered"
        if counts["registered"]:
            yield f"  {counts['registered']:>5} registered"
        else:
            yield f"  {0:>5} registered: nothing is new since the last run"
        yield f"  {counts['already']:>5} there already"
        yield f"  {counts['excluded']:>5} excluded, as nobody asked for them"
        yield f"  {counts['quarantined']:>5} quarantined"
        for key, reason in self.receipt.quarantined.items():
            yield f"          {key}: {reason}"
        yield f"  {counts['pending']:>5} pending"
        yield "  It closes." if counts["closed"] else "  IT DOES NOT CLOSE."

    def _findings(self) -> Iterator[str]:
        comparison = self.comparison
        types = Counter[str]()
        for content, times in comparison.found.contents.items():
            types[content.item_type] += times
        shown = ", ".join(f"{number} {item_type}" for item_type, number in types.most_common())
        yield "Asked through the SDK, Encord has"
        yield f"  {types.total():>5} items in the folder {FOLDER}: {shown}"
        yield f"  {comparison.found.rows.total():>5} rows in the dataset {DATASET}"
        yield f"  {comparison.items_with_metadata:>5} items with the metadata of the table"
        faults = (
            *comparison.faults,
            *(f"quarantined in silence: {key}" for key in sorted(self.unnamed_poison)),
        )
        yield from (f"  FAULT {fault}" for fault in faults)
        if not faults:
            yield "  Every object that must be there is, exactly once, and no other."
