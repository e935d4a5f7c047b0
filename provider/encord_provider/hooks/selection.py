"""The items that an operator's arguments mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException, XComArg

from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.run import task_of
from encord_provider.manifest.ingestion import Ingestion

if TYPE_CHECKING:
    from encord_provider.ingestion.selection import Selection
    from encord_provider.ledger.ledger import Ledger


@dataclass(frozen=True)
class Selected:
    """Either a folder, and what of it; or the items of a run."""

    folder: str | None
    arrived: Mapping[str, Any] | XComArg | None = None
    subfolders: bool = False
    search: str | None = None
    item_types: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def of(self, ledger: "Ledger", context: Mapping[str, Any]) -> "Selection":
        """Return the selection.

        Raises:
            AirflowFailException: Neither a folder nor a run is named, or both.

        """
        from encord_provider.ingestion.run import Run
        from encord_provider.ingestion.selection import OfRun, Query

        if self.folder and not self.arrived:
            return Query(
                self.folder, self.subfolders, self.search or None, tuple(self.item_types), self.metadata
            )
        if self.folder or not self.arrived:
            raise AirflowFailException("give folder=, or arrived= for the items of this run alone")
        if self.subfolders or self.search or self.item_types or self.metadata:
            raise AirflowFailException("subfolders=, search=, item_types= and metadata= need folder=")
        ingestion = Ingestion.model_validate(self.arrived)
        domain = EncordHook(ingestion.encord_conn_id).credentials.domain
        return OfRun(Run(ledger, task_of(context), ingestion, domain).key)
