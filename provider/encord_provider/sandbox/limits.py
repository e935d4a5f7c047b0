"""The limits that Encord documents and the sandbox enforces: number, unit, source."""

from pydantic import BaseModel, ConfigDict


class Limits(BaseModel):
    """Every limit of the sandbox; a config file may override any of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    manifest_urls: int = 1_000_000
    """Object URLs in one upload job. Source: Encord docs, "Register Cloud Data"."""

    manifest_items: int = 500_000
    """Items in one upload job. Source: Encord docs, "Register Cloud Data"."""

    url_bytes: int = 16 * 1024
    """Length of one object URL in UTF-8 bytes. Source: Encord docs, "Register Cloud Data"."""

    title_characters: int = 300
    """Length of a title. Source: Encord docs, "Import cloud data"."""

    client_metadata_bytes: int = 10 * 1024 * 1024
    """Size of one item's custom metadata as JSON. Source: Encord docs, "Register Cloud Data"."""

    page_items: int = 1000
    """Entries on one page of a listing. Source: encord 0.1.211, ``storage.py``, ``page_size``."""

    bundle_patches: int = 1000
    """Patches in one bulk request. Source: encord 0.1.211, ``STORAGE_BUNDLE_CREATE_LIMIT``."""

    long_poll_seconds: float = 50.0
    """Longest time that a poll is held. Ours: below the 55 s that leave proxies and clients at ease."""

    enum_values: int = 256
    """Options of one enum key. Source: encord 0.1.211, ``metadata_schema.py``."""

    embedding_size: int = 4096
    """Length of an embedding. Source: encord 0.1.211, ``metadata_schema.py``."""
