"""What is ingested, and to where: the sentence that every task of a run shares."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict

from encord_provider.manifest.globs import as_globs

Globs: TypeAlias = Annotated[tuple[str, ...], BeforeValidator(as_globs)]
"""Globs, and regular expressions behind ``re:``; one given alone is a list of one."""

Changed: TypeAlias = Literal["report", "reregister", "ignore"]
"""What becomes of a newer version of a registered object: it is counted, registered as an item of its own in place of
the old one, or passed over."""

Gone: TypeAlias = Literal["report", "tombstone"]
"""What becomes of a registered object that is no longer there: it is counted, or given up, too, so that it counts as
new should it come again."""


class Ingestion(BaseModel):
    """Keep *folder* in Encord in step with the objects under *source*."""

    model_config = ConfigDict(frozen=True)

    source: str
    """Bucket and prefix, for example ``s3://fleet-cameras/2026-01-01/``."""

    inventory: str | None = None
    """Manifest of an inventory, or table of keys, that is read in place of a listing."""

    folder: str
    """Name or UUID of the storage folder; created when no folder has the name."""

    integration: str | None = None
    """Title or UUID of the cloud integration through which Encord reads; None: the connection's default."""

    include: Globs = ("**",)
    """Patterns over keys relative to the directory of the source; a key must match one."""

    exclude: Globs = ()
    """Patterns over keys relative to the directory of the source; a key that matches one is counted as excluded."""

    settle_seconds: float = 0
    """How long an object must have been left unchanged before it counts."""

    changed: Changed = "report"
    """What becomes of a newer version of a registered object."""

    gone: Gone = "report"
    """What becomes of a registered object that is no longer under the source."""

    bucket_conn_id: str | None = None
    """Airflow connection of the bucket; None: the default one of its provider."""

    encord_conn_id: str = "encord_default"
    """Airflow connection of Encord."""
