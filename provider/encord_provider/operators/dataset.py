"""Datasets, and what they hold."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import Context, XComArg

from encord_provider.errors import DriftFound
from encord_provider.hooks.buckets import open_storage
from encord_provider.hooks.encord import EncordHook
from encord_provider.hooks.ledger import open_ledger
from encord_provider.hooks.operator import EncordOperator
from encord_provider.hooks.run import task_of
from encord_provider.hooks.selection import Selected
from encord_provider.hooks.task_failure import task_failure
from encord_provider.links.encord import EncordDatasetLink

if TYPE_CHECKING:
    from encord_provider.encord_api.datasets import OnDuplicates
    from encord_provider.ingestion.verify import RowName, Verification
    from encord_provider.ledger.ledger import Ledger
    from encord_provider.metadata.table import ColumnType


class EncordCreateDatasetOperator(EncordOperator):
    """Find the dataset of exactly this title, or make it.

    Two tasks that want it at the same time make one. Returns its UUID, and whether it was made.

    Args:
        dataset: Title or UUID.
        description: What a new one is described as.
        backing_folder: Give a new one the legacy folder that mirrors it: an item in the one is in the other.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = ("dataset", "description", "encord_conn_id")
    operator_extra_links = (EncordDatasetLink(),)
    ui_color = "#fef7e0"

    def __init__(
        self,
        *,
        dataset: str,
        description: str | None = None,
        backing_folder: bool = False,
        encord_conn_id: str = "encord_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.dataset = dataset
        self.description = description
        self.backing_folder = backing_folder
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Find it or make it."""
        from encord_provider.ingestion.places import made_dataset

        hook = EncordHook(self.encord_conn_id)
        with task_failure(), open_ledger() as ledger:
            place = made_dataset(
                ledger,
                hook.api,
                self.dataset,
                task_of(context),
                description=self.description,
                backing_folder=self.backing_folder,
            )
        EncordDatasetLink.leave(context, hook.credentials.dataset_page(place.uuid))
        return {"dataset": place.uuid, "created": place.created}


class EncordLinkFolderOperator(EncordOperator):
    """Give items a row in a dataset: those of a folder, of all below it, of a query, or of this run alone.

    Items that have a row keep it. Files that arrive later are not linked by themselves: the next run links them.
    A try that died is gone on with. Returns how many items were linked, and how many were before.

    Args:
        folder: Name, path or UUID of the folder; a path begins with a slash.
        dataset: Title or UUID of the dataset; made when it is absent, without the legacy folder that mirrors it.
        arrived: What `EncordBucketSensor` returned, in place of *folder*: only the items of this run.
        subfolders: Link also what the folders below hold.
        search: Link only items whose name holds this, in any case.
        item_types: Link only items of these types, in Encord's words: ``video``, ``imageGroup``, ``dicomSeries``.
        metadata: Link only items whose custom metadata has these values.
        duplicates_behavior: What becomes of items that have a row: ``SKIP`` leaves them, ``DUPLICATE`` gives them
            another one, ``FAIL`` fails the task before anything is linked.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = (
        "folder",
        "dataset",
        "arrived",
        "search",
        "item_types",
        "metadata",
        "encord_conn_id",
    )
    operator_extra_links = (EncordDatasetLink(),)
    ui_color = "#fef7e0"

    def __init__(
        self,
        *,
        folder: str | None = None,
        dataset: str,
        arrived: Mapping[str, Any] | XComArg | None = None,
        subfolders: bool = False,
        search: str | None = None,
        item_types: Sequence[str] = (),
        metadata: Mapping[str, Any] | None = None,
        duplicates_behavior: "OnDuplicates" = "SKIP",
        encord_conn_id: str = "encord_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.folder = folder
        self.dataset = dataset
        self.arrived = arrived
        self.subfolders = subfolders
        self.search = search
        self.item_types = item_types
        self.metadata = metadata
        self.duplicates_behavior = duplicates_behavior
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Link what is not linked yet."""
        from encord_provider.ingestion.link import link_anew, link_items

        hook = EncordHook(self.encord_conn_id)
        with task_failure(), open_ledger() as ledger:
            wanted = Selected(
                self.folder, self.arrived, self.subfolders, self.search, self.item_types, self.metadata or {}
            ).of(ledger, context)
            task = task_of(context)
            if self.duplicates_behavior == "SKIP":
                linked = link_items(ledger, hook.api, wanted, self.dataset, task)
            else:
                linked = link_anew(
                    ledger,
                    hook.api,
                    wanted,
                    self.dataset,
                    task,
                    storage=open_storage(),
                    duplicates=self.duplicates_behavior,
                )
        EncordDatasetLink.leave(context, hook.credentials.dataset_page(linked.dataset_uuid))
        self.log.info("%s: %d items linked, %d were", self.dataset, linked.linked, linked.already)
        return {"linked": linked.linked, "already": linked.already, "dataset": linked.dataset_uuid}


class EncordVerifyDatasetOperator(EncordOperator):
    """Compare a dataset with what it is to have, and fail when something is missing.

    Expected is what `EncordLinkFolderOperator` links with the same arguments, or the files that a table names.
    Stores a line of JSON for everything that is missing, extra or has several rows, and returns how many there are
    of each, and where they are named.

    Args:
        dataset: Title or UUID of the dataset.
        folder: Name, path or UUID of the folder; a path begins with a slash.
        arrived: What `EncordBucketSensor` returned, in place of *folder*: only the items of this run.
        files: URI of a CSV, JSON-lines or Parquet file in place of both, a row for each file expected.
        files_key: The column of *files* that names the file.
        files_by: What that column holds: the ``url`` of the object, the ``title`` of the row, or the UUID of the
            ``item``.
        subfolders: Expect also what the folders below hold.
        search: Expect only items whose name holds this, in any case.
        item_types: Expect only items of these types, in Encord's words.
        metadata: Expect only items whose custom metadata has these values.
        exact: Fail also when the dataset has something else, or something twice.
        bucket_conn_id: Airflow connection of the bucket of *files*.
        encord_conn_id: Airflow connection of Encord.

    """

    template_fields: Sequence[str] = (
        "dataset",
        "folder",
        "arrived",
        "files",
        "files_key",
        "files_by",
        "search",
        "item_types",
        "metadata",
        "bucket_conn_id",
        "encord_conn_id",
    )
    operator_extra_links = (EncordDatasetLink(),)
    ui_color = "#fce8e6"

    def __init__(
        self,
        *,
        dataset: str,
        folder: str | None = None,
        arrived: Mapping[str, Any] | XComArg | None = None,
        files: str | None = None,
        files_key: str = "url",
        files_by: "RowName" = "url",
        subfolders: bool = False,
        search: str | None = None,
        item_types: Sequence[str] = (),
        metadata: Mapping[str, Any] | None = None,
        exact: bool = False,
        bucket_conn_id: str | None = None,
        encord_conn_id: str = "encord_default",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.dataset = dataset
        self.folder = folder
        self.arrived = arrived
        self.files = files
        self.files_key = files_key
        self.files_by = files_by
        self.subfolders = subfolders
        self.search = search
        self.item_types = item_types
        self.metadata = metadata
        self.exact = exact
        self.bucket_conn_id = bucket_conn_id
        self.encord_conn_id = encord_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Compare, write down what differs, and fail or return the counts."""
        hook = EncordHook(self.encord_conn_id)
        with task_failure(), open_ledger() as ledger:
            dataset = hook.api.dataset(self.dataset)
            EncordDatasetLink.leave(context, hook.credentials.dataset_page(dataset))
            found = self._compared(ledger, context, dataset)
            name = task_of(context).name.replace(":", "_")
            uri = open_storage().write_pieces(f"verified/{name}.jsonl", found.lines())
            self.log.info("%s: %s; each is named in %s", self.dataset, found.counts, uri)
            bad = {"missing": len(found.missing)}
            if self.exact:
                bad |= {"extra": len(found.extra), "repeated": len(found.repeated)}
            if any(bad.values()):
                raise DriftFound(f"dataset {self.dataset!r}", bad, uri)
        return found.counts | {"report": uri}

    def _compared(self, ledger: "Ledger", context: Context, dataset: str) -> "Verification":
        from encord_provider.hooks.tables import table_at
        from encord_provider.ingestion.selection import selected
        from encord_provider.ingestion.verify import verify

        api = EncordHook(self.encord_conn_id).api
        if self.files and not self.folder and not self.arrived:
            types: dict[str, ColumnType] = {self.files_key: "text"}
            files = table_at(self.files, self.bucket_conn_id, self.files_key, types)
            return verify(api, dataset, dict.fromkeys(files, ""), self.files_by)
        wanted = Selected(
            self.folder, self.arrived, self.subfolders, self.search, self.item_types, self.metadata or {}
        )
        return verify(api, dataset, selected(wanted.of(ledger, context), ledger, api))
