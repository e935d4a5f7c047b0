"""Scans the prefix of a cloud-synced folder, and brings the folder in step with it."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from sqlalchemy import Connection, RowMapping, select

from encord_provider.sandbox import folders, integrations, items, jobs, syncs
from encord_provider.sandbox.bells import Bells
from encord_provider.sandbox.client_metadata import parse_jsonb
from encord_provider.sandbox.clock import Clock
from encord_provider.sandbox.cloud import (
    Integration,
    ListedObject,
    ObjectUnreadable,
    list_objects,
    open_object,
)
from encord_provider.sandbox.database import Database
from encord_provider.sandbox.errors import InvalidError
from encord_provider.sandbox.jobs import NewJob
from encord_provider.sandbox.kinds import Kind
from encord_provider.sandbox.manifests import Manifest
from encord_provider.sandbox.tables import items as items_table
from encord_provider.sandbox.units import Part, Unit, file_name

logger = logging.getLogger(__name__)

_PAGE = 1000
"""Objects on one page of a bucket's listing."""

_EXTENSIONS = {
    Kind.IMAGE: ("jpg", "jpeg", "png", "webp", "avif", "bmp", "tif", "tiff"),
    Kind.VIDEO: ("mp4", "mov", "webm", "mkv"),
    Kind.AUDIO: ("mp3", "wav", "flac", "m4a"),
    Kind.PDF: ("pdf",),
    Kind.PLAIN_TEXT: ("txt", "html", "htm", "json", "xml", "md"),
}
"""What a cloud-synced folder takes: no groups, sequences, DICOM (Encord docs, "Sync cloud folders")."""

_KIND_OF_EXTENSION = {extension: kind for kind, extensions in _EXTENSIONS.items() for extension in extensions}


@dataclass(frozen=True)
class Scan:
    """What lies under a prefix: the objects to register, and the custom metadata beside some of them."""

    objects: dict[str, ListedObject]
    """By URL."""

    metadata: dict[str, str]
    """jsonb by the URL of the object that a sidecar belongs to."""

    pages: int


class Synchroniser:
    """Works through the synchronisations that clients asked for."""

    def __init__(self, database: Database, clock: Clock, bells: Bells) -> None:
        self._database = database
        self._clock = clock
        self._bells = bells

    def scan_next(self) -> bool:
        """Scan for the oldest synchronisation that waits; return whether there was one."""
        with self._database.reading() as connection:
            waiting = syncs.unscanned(connection)
            if not waiting:
                return False
            sync = waiting[0]
            folder = folders.get(connection, sync["folder_uuid"])
            integration = integrations.get(connection, folder["integration_uuid"])
        try:
            found = scan(folder, integration)
        except ObjectUnreadable as unreadable:
            with self._database.writing() as connection:
                syncs.close_scan(connection, sync["uuid"], pages=0, error=unreadable.reason)
        else:
            with self._database.writing() as connection:
                if syncs.is_unscanned(connection, sync["uuid"]):
                    self._bring_in_step(connection, sync, folder, found)
        self._bells.ring(sync["uuid"])
        return True

    def _bring_in_step(
        self, connection: Connection, sync: RowMapping, folder: RowMapping, found: Scan
    ) -> None:
        """Mark what vanished, restore what came back, and start the job that reads what is new or changed."""
        now = self._clock.stamp()
        here = select(items_table).where(
            items_table.c.folder_uuid == folder["uuid"], items_table.c.url.is_not(None)
        )
        known = {row["url"]: row for row in connection.execute(here).mappings()}
        for url, row in known.items():
            if row["is_tombstone"] != (url not in found.objects):
                items.change(connection, row["uuid"], {"is_tombstone": url not in found.objects}, now)
        beside = {known[url]["uuid"]: text for url, text in found.metadata.items() if url in known}
        items.replace_metadata(connection, beside, now)
        units = list(_units(folder["remote_url"], found, known))
        if units:
            job = NewJob(
                folder_uuid=folder["uuid"],
                owner=sync["owner"],
                integration_uuid=folder["integration_uuid"],
                ignore_errors=True,
                uuid=sync["uuid"],
            )
            jobs.start(
                connection, job, Manifest(units, skip_duplicate_urls=False, upsert_metadata=False), now
            )
        syncs.close_scan(connection, sync["uuid"], pages=found.pages)


def scan(folder: RowMapping, integration: Integration | None) -> Scan:
    """List a folder's prefix and read its sidecars.

    Raises:
        ObjectUnreadable: The prefix cannot be listed.
    """
    if integration is None:
        raise ObjectUnreadable(folder["remote_url"], "The folder has no cloud integration.")
    ingestion = json.loads(folder["configuration"]).get("metadataIngestion")
    suffix = ingestion["matcher"]["suffix"] if ingestion else None
    objects, sidecars, count = {}, {}, 0
    for found in list_objects(integration, folder["remote_url"]):
        count += 1
        if suffix and found.url.endswith(suffix):
            sidecars[found.url.removesuffix(suffix)] = found.url
        elif _kind(found.url) is not None:
            objects[found.url] = found
    paused = bool(ingestion and ingestion["paused"])
    metadata = {} if paused else dict(_read_sidecars(integration, sidecars))
    return Scan(objects, metadata, max(1, ceil(count / _PAGE)))


def _read_sidecars(integration: Integration, sidecars: dict[str, str]) -> Iterator[tuple[str, str]]:
    for url, sidecar in sidecars.items():
        try:
            yield url, parse_jsonb(open_object(integration, sidecar).read_all().decode())
        except (ObjectUnreadable, InvalidError, UnicodeDecodeError) as error:
            logger.warning("the sidecar %s is passed over: %s", sidecar, error)


def _units(prefix: str, found: Scan, known: dict[str, RowMapping]) -> Iterator[Unit]:
    for url, listed in found.objects.items():
        row, kind = known.get(url), _kind(url)
        if kind is None or (row is not None and row["e_tag"] == listed.e_tag):
            continue
        yield Unit(
            kind=kind,
            parts=(Part(url, e_tag=listed.e_tag),),
            title=url.removeprefix(prefix).lstrip("/"),
            client_metadata=found.metadata.get(url),
            replaces=None if row is None else row["uuid"],
        )


def _kind(url: str) -> Kind | None:
    return _KIND_OF_EXTENSION.get(file_name(url).rpartition(".")[2].lower())
