"""Protections, each switched off by itself: a harness that finds no damage then would find none anywhere."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, Final
from unittest.mock import patch

from encord_provider.encord_api.api import EncordApi
from encord_provider.ingestion import bisect, sieve, submit
from encord_provider.ingestion.present import FolderIndex
from encord_provider.ledger.leases import Lease, Leases
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.manifests import Manifests
from encord_provider.ledger.objects import Objects
from encord_provider.ledger.parts import Parts
from encord_provider.manifest.manifests import Manifest
from encord_provider.uploads.bisection import Accuse, Part, Step

Mutation = Callable[[], AbstractContextManager[Any]]


@contextmanager
def _no_duplicates_skipped() -> Iterator[None]:
    """Let Encord register every URL that it is sent."""
    start = EncordApi.start_upload

    def unguarded(
        api: EncordApi, folder: str, integration: str | None, manifest: Manifest, **arguments: bool
    ) -> str:
        return start(
            api, folder, integration, Manifest(manifest.units, skip_duplicate_urls=False), **arguments
        )

    with patch.object(EncordApi, "start_upload", unguarded):
        yield


@contextmanager
def _no_write_ahead() -> Iterator[None]:
    """Record only where the job goes, not that one may have been started."""

    def folder_only(
        ledger_manifests: Manifests, manifest_id: str, folder_uuid: str, *_: float, **__: bool
    ) -> None:
        ledger_manifests._set(manifest_id, folder_uuid=folder_uuid)  # noqa: SLF001 - a protection, switched off

    with patch.object(Manifests, "intend", folder_only):
        yield


@contextmanager
def _no_lease() -> Iterator[None]:
    """Give every lease to everybody: all are one holder, who may always take it anew."""
    take = Leases._take  # noqa: SLF001 - a protection, switched off
    with (
        patch.object(Leases, "_take", lambda leases, lease: take(leases, replace(lease, holder="everybody"))),
        patch("encord_provider.ledger.leases.Lease.renew", lambda *_: None),
    ):
        yield


def _no_patience() -> AbstractContextManager[Any]:
    """Let the next try of a task take its lease whatever the one before is doing."""
    prolong = Lease.prolong
    return patch.object(Lease, "prolong", lambda lease, **_: prolong(lease))


def _resent(*arguments: Any) -> Manifest:
    """Send all of it again, as if nothing could have arrived."""
    return arguments[3]  # type: ignore[no-any-return]  # the manifest


def _first_accused(parts: Sequence[Part]) -> Step | None:
    """Find the first unit of a failed job at fault, whoever else was in it."""
    failed = next((part for part in parts if part.failed and part.open), None)
    return Accuse(failed.manifest, failed.open[0]) if failed else None


MUTATIONS: Final[dict[str, Mutation]] = {
    "a repeat sends everything, read back or not": lambda: patch.object(submit, "_remainder", _resent),
    "a job starts without its intent on record": _no_write_ahead,
    "a repeat that Encord does not skip": _no_duplicates_skipped,
    "what a job does not name is not looked up": lambda: patch.object(
        FolderIndex, "item_of", lambda *_: None
    ),
    "a zombie may write": lambda: patch.object(Ledger, "under", lambda ledger, _lease: ledger),
    "nobody holds a lease": _no_lease,
    "the next try makes what is being made": _no_patience,
    "what a cancelled job did not reach is forgotten": lambda: patch.object(Parts, "release", lambda *_: 0),
    "who fails in company is at fault": lambda: patch.object(bisect, "next_step", _first_accused),
    "a late member makes a group of its own": lambda: patch.object(Objects, "with_fates", lambda *_: set()),
    "a late member is refused while its group is on its way": lambda: patch.object(
        sieve, "IN_FLIGHT", frozenset()
    ),
    "what replaces a member counts as late": lambda: patch.object(
        sieve.Sieve, "_is_replaced", lambda *_: False
    ),
}
"""What is switched off, and how."""
