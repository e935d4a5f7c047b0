"""Encord as the rest of this package sees it: one account, a handful of verbs."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain, islice
from typing import Any, Self
from uuid import UUID

from encord.dataset import Dataset
from encord.http.bundle import Bundle
from encord.http.constants import RequestsSettings
from encord.storage import StorageFolder, StorageItem
from encord.user_client import EncordUserClient

from encord_provider.encord_api.connection import USER_AGENT, Credentials
from encord_provider.encord_api.datasets import (
    OnDuplicates,
    create_dataset,
    data_rows,
    find_dataset,
    get_dataset,
    link,
    linked_items,
)
from encord_provider.encord_api.faults import encord_faults, without_signatures
from encord_provider.encord_api.folders import PAGE, create_folder, find_folder, get_folder, items_in
from encord_provider.encord_api.found import Item, Row, Whereabouts
from encord_provider.encord_api.integrations import integration_uuid
from encord_provider.encord_api.items import parent_of, upload_items
from encord_provider.encord_api.private_key import openssh_text
from encord_provider.encord_api.schema import change_schema, document_of, read_schema
from encord_provider.errors import NotFound, Refused
from encord_provider.manifest.manifests import Manifest
from encord_provider.metadata.merge import same
from encord_provider.metadata.schema_plan import Step
from encord_provider.uploads.progress import JobStatus, Progress, Refusal

IMPATIENCE_SECONDS = 10
"""How long a person waits for the test of a connection, for each step of the one request."""


class EncordApi:
    """One account at one Encord domain; every method makes requests and may raise `Refused` or `EncordUnavailable`."""

    def __init__(self, credentials: Credentials, requests: RequestsSettings | None = None) -> None:
        self.credentials = credentials
        self._requests = requests or RequestsSettings()
        self._of_jobs: dict[str, StorageFolder] = {}

    @cached_property
    def client(self) -> EncordUserClient:
        """The SDK's client; making it sends nothing."""
        return EncordUserClient.create_with_ssh_private_key(
            openssh_text(self.credentials.private_key),
            domain=self.credentials.domain,
            requests_settings=self._requests,
            user_agent_suffix=USER_AGENT,
        )

    @classmethod
    def impatient(cls, credentials: Credentials) -> Self:
        """Return an API that asks once and waits for seconds, for a person who waits for the answer."""
        settings = RequestsSettings(
            max_retries=0,
            connection_retries=0,
            connect_timeout=IMPATIENCE_SECONDS,
            read_timeout=IMPATIENCE_SECONDS,
        )
        return cls(credentials, settings)

    def integration_titles(self) -> list[str]:
        """Return the titles of the integrations that the key may use; the cheapest proof that it works."""
        with encord_faults("list the cloud integrations"):
            return [i.title for i in self.client.get_cloud_integrations()]

    def integration(self, title: str | None) -> str | None:
        """Return the UUID of the integration *title*, of the connection's default one, or None for neither."""
        wanted = title or self.credentials.integration
        return integration_uuid(self.client, wanted) if wanted else None

    def folder(
        self,
        name: str,
        *,
        create: bool = False,
        before_create: Callable[[], None] = lambda: None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> str:
        """Return the UUID of the folder *name*; make it, as it is described, when it is absent and *create* is set.

        *before_create* may raise when somebody else may be making it by now.
        """
        found = find_folder(self.client, name)
        if found is None and create:
            before_create()
            found = create_folder(self.client, name, description, metadata)
        if found is None:
            raise NotFound("folder", name)
        return str(found.uuid)

    def describe_folder(self, folder_uuid: str, description: str | None, metadata: Mapping[str, Any]) -> bool:
        """Give a folder a description and some keys of metadata; return whether that changed anything."""
        folder = self._folder(folder_uuid)
        has = dict(folder.client_metadata or {})
        is_described = description is None or folder.description == description
        if is_described and same(has, has | dict(metadata)):
            return False
        with encord_faults(f"describe the folder {folder_uuid}"):
            folder.update(description=description, client_metadata=has | dict(metadata))
        return True

    def items(
        self,
        folder: str,
        *,
        metadata: bool = False,
        search: str | None = None,
        item_types: Collection[str] = (),
        subfolders: bool = False,
    ) -> Iterator[Item]:
        """Yield the items of *folder* by name; with their custom metadata only when asked.

        Args:
            folder: Name, path or UUID.
            metadata: Whether to read what custom metadata each has.
            search: Part of their names, in any case.
            item_types: Encord's words for their types; none is all.
            subfolders: Whether to go on with the folders below, by name; at least a request for each.

        """
        top = get_folder(self.client, folder)
        with encord_faults(f"list the items of the folder {folder!r}"):
            below = top.find_subfolders(page_size=PAGE) if subfolders else ()
            for place in chain([top], below):
                for item in items_in(place, search, item_types, metadata=metadata):
                    yield _item(item, metadata=metadata)

    def whereabouts(self, item_uuid: str) -> Whereabouts:
        """Return where an item is.

        Raises:
            Refused: There is no such item, or the key may not see it.

        """
        with encord_faults(f"look for the item {item_uuid}"):
            item = self.client.get_storage_item(UUID(item_uuid))
            summary = item.get_summary()
        datasets = frozenset(str(dataset.dataset_hash) for dataset in summary.accessible_datasets)
        return Whereabouts(str(item.parent_folder_uuid), datasets)

    def items_of(self, item_uuids: Iterable[str]) -> Iterator[Item]:
        """Yield items by their UUIDs, without their custom metadata."""
        waiting = iter(item_uuids)
        while chunk := list(islice(waiting, PAGE)):
            with encord_faults(f"look up {len(chunk)} items"):
                for item in self.client.get_storage_items([UUID(uuid) for uuid in chunk]):
                    yield _item(item, metadata=False)

    def member_items(self, item_uuid: str) -> list[Item]:
        """Return the frames or slices that a group, sequence or series is made of, in their order."""
        with encord_faults(f"list the members of the item {item_uuid}"):
            members = self.client.get_storage_item(UUID(item_uuid)).get_child_items()
            return [_item(member, metadata=False) for member in members]

    def member_urls(self, item_uuid: str) -> set[str]:
        """Return the URLs of the objects that a group, sequence or series is made of."""
        return {member.url for member in self.member_items(item_uuid) if member.url}

    def move(self, items: Collection[str], folder_uuid: str, into_uuid: str) -> None:
        """Move those of *items* that are in one folder into another; those that are elsewhere, or gone, stay so."""
        folder, into = self._folder(folder_uuid), UUID(into_uuid)
        there = [uuid for uuid in items if parent_of(self.client, uuid) == folder.uuid]
        for start in range(0, len(there), PAGE):
            few = there[start : start + PAGE]
            try:
                with encord_faults(f"move {len(few)} items out of the folder {folder_uuid}"):
                    folder.move_items_to_folder(into, [UUID(uuid) for uuid in few])
            except (
                Refused
            ):  # the SDK repeats a request whose answer was lost, and Encord refuses the second one
                if any(parent_of(self.client, uuid) == folder.uuid for uuid in few):
                    raise

    def members(self, item_uuids: Iterable[str]) -> Iterator[tuple[str, set[str]]]:
        """Yield each of some groups, sequences and series with the URLs of its objects; a request for each."""
        waiting = iter(item_uuids)
        while chunk := list(islice(waiting, PAGE)):
            with encord_faults(f"list the members of {len(chunk)} items"):
                for item in self.client.get_storage_items([UUID(uuid) for uuid in chunk]):
                    yield str(item.uuid), {member.url for member in item.get_child_items() if member.url}

    def start_upload(
        self, folder_uuid: str, integration: str | None, manifest: Manifest, *, ignore_errors: bool = True
    ) -> str:
        """Start an upload job and return its UUID; unless it is to *ignore_errors*, the first refused unit ends it.

        Not idempotent: after `EncordUnavailable` the job may have been started all the same.
        """
        folder = self._folder(folder_uuid)
        with encord_faults(f"start an upload job of {len(manifest.units)} units"):
            job = folder.add_private_data_to_folder_start(
                integration,  # type: ignore[arg-type]  # None is for data that Encord hosts, and the SDK takes it
                upload_items(manifest),
                ignore_errors=ignore_errors,
            )
        return str(job)

    def upload_progress(self, folder_uuid: str, job_uuid: str) -> Progress:
        """Ask once how far an upload job is."""
        folder = self._folder_of_jobs(folder_uuid)
        with encord_faults(f"ask for the upload job {job_uuid}"):
            state = folder.add_private_data_to_folder_get_result(UUID(job_uuid), timeout_seconds=0)
        return Progress(
            status=JobStatus(state.status.value),
            pending=state.units_pending_count,
            done=state.units_done_count,
            refused=state.units_error_count,
            cancelled=state.units_cancelled_count,
            refusals=tuple(
                Refusal(tuple(unit.object_urls), without_signatures(unit.error)) for unit in state.unit_errors
            ),
            errors=tuple(without_signatures(error) for error in state.errors),
            items={item.name: str(item.item_uuid) for item in state.items_with_names},
        )

    def cancel_upload(self, folder_uuid: str, job_uuid: str) -> None:
        """Cancel what an upload job has not processed yet."""
        folder = self._folder_of_jobs(folder_uuid)
        with encord_faults(f"cancel the upload job {job_uuid}"):
            folder.add_data_to_folder_job_cancel(UUID(job_uuid))

    def dataset(
        self,
        title: str,
        *,
        create: bool = False,
        before_create: Callable[[], None] = lambda: None,
        description: str | None = None,
        backing_folder: bool = False,
    ) -> str:
        """Return the UUID of the dataset *title*; make it, as it is described, when it is absent and *create* is set.

        *before_create* may raise when somebody else may be making it by now.
        """
        found = find_dataset(self.client, title)
        if found is None and create:
            before_create()
            found = create_dataset(self.client, title, description, backing_folder=backing_folder)
        if found is None:
            raise NotFound("dataset", title)
        return str(found.dataset_hash)

    def linked(self, dataset_uuid: str) -> set[str]:
        """Return the UUIDs of the items that have a row in the dataset."""
        return {str(uuid) for uuid in linked_items(self._dataset(dataset_uuid))}

    def rows(self, dataset_uuid: str) -> Iterator[Row]:
        """Yield the rows of the dataset that stand for items; the SDK holds all of them while it does."""
        for row in data_rows(self._dataset(dataset_uuid)):
            yield Row(str(row.uid), str(row.backing_item_uuid), row.title, row.file_link, row.created_at)

    def link(self, dataset_uuid: str, items: Iterable[str], duplicates: OnDuplicates = "SKIP") -> None:
        """Give each of *items* a row in the dataset, in this order; *duplicates* says what of those that have one."""
        link(self._dataset(dataset_uuid), map(UUID, items), duplicates)

    def change_metadata(
        self, items: Iterable[str], changed: Callable[[str, Mapping[str, Any]], Mapping[str, Any] | None]
    ) -> Iterator[list[str]]:
        """Replace the custom metadata of *items* in bundles; yield the UUIDs of each bundle when it is sent.

        *changed* gets an item's UUID and the metadata it has a moment before it is sent, and returns the new one:
        the platform replaces it as a whole, so what others wrote in between would be lost. None sends nothing.
        """
        waiting = iter(
            dict.fromkeys(items)
        )  # of two changes of one item in a bundle the SDK sends the last alone
        while chunk := list(islice(waiting, PAGE)):
            with encord_faults(f"update the custom metadata of {len(chunk)} items"), Bundle() as bundle:
                for item in self.client.get_storage_items([UUID(uuid) for uuid in chunk]):
                    metadata = changed(str(item.uuid), item.client_metadata or {})
                    if metadata is not None:
                        item.update(client_metadata=dict(metadata), bundle=bundle)
            yield chunk

    def schema(self) -> dict[str, Any]:
        """Return the organisation's metadata schema: key to type, as the API writes it."""
        return document_of(read_schema(self.client))

    def change_schema(self, steps: Callable[[Mapping[str, Any]], Iterable[Step]]) -> None:
        """Read the metadata schema, make the *steps* that follow from it, and save it at once, as a whole."""
        schema = read_schema(self.client)
        change_schema(schema, steps(document_of(schema)))

    def _folder(self, folder_uuid: str) -> StorageFolder:
        with encord_faults(f"open the folder {folder_uuid}"):
            return self.client.get_storage_folder(UUID(folder_uuid))

    def _folder_of_jobs(self, folder_uuid: str) -> StorageFolder:
        """Return a folder to ask for its jobs: that must not cost a request for the folder each time."""
        if folder_uuid not in self._of_jobs:
            self._of_jobs[folder_uuid] = self._folder(folder_uuid)
        return self._of_jobs[folder_uuid]

    def _dataset(self, dataset_uuid: str) -> Dataset:
        return get_dataset(self.client, dataset_uuid)


def _item(item: StorageItem, *, metadata: bool) -> Item:
    client_metadata = (item.client_metadata or {}) if metadata else {}
    kind, frames = item.item_type.value, item.frame_count
    return Item(str(item.uuid), item.name, kind, item.url, item.created_at, client_metadata, frames)
