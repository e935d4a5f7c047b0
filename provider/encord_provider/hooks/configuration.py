"""The ``[encord]`` section of Airflow's configuration, with defaults that work on one machine."""

import os
from pathlib import Path

from airflow.providers.common.compat.sdk import conf

from encord_provider.errors import BadPattern

SECTION = "encord"


def ledger_conn_id() -> str | None:
    """Return the Airflow connection of the PostgreSQL that the ledger is in, if one is configured."""
    return conf.get(SECTION, "ledger_conn_id", fallback="") or None


def ledger_url() -> str | None:
    """Return the SQLAlchemy URL of the ledger, if one is configured."""
    return conf.get(SECTION, "ledger_url", fallback="") or None


def default_ledger_url() -> str:
    """Return the ledger of one machine: a SQLite file under ``AIRFLOW_HOME``, whose directory is made."""
    directory = _home() / "encord"
    directory.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{directory / 'ledger.db'}"


def storage_uri() -> str | None:
    """Return where manifests and receipts are kept, if that is configured; ends in a slash."""
    configured = conf.get(SECTION, "storage", fallback="")
    return _as_directory(str(configured)) if configured else None


def default_storage_uri() -> str:
    """Return the storage of one machine: a directory under ``AIRFLOW_HOME``."""
    return _as_directory((_home() / "encord" / "storage").as_uri())


def storage_conn_id() -> str | None:
    """Return the Airflow connection of the bucket that `storage_uri` names, if one is configured."""
    return conf.get(SECTION, "storage_conn_id", fallback="") or None


def jobs_in_flight() -> int | None:
    """Return how many upload jobs may be under way at a time through one integration, if that is configured."""
    return _number("jobs_in_flight")


def units_in_flight() -> int | None:
    """Return how many units they may have together, if that is configured."""
    return _number("units_in_flight")


def _number(option: str) -> int | None:
    """Return an option that is a number above zero.

    Raises:
        BadPattern: It is none.

    """
    given = str(conf.get(SECTION, option, fallback="") or "").strip()
    if given and not (given.isascii() and given.isdigit() and int(given) > 0):
        raise BadPattern(f"[encord] {option}", given, "it is no number above zero")
    return int(given) if given else None


def _as_directory(uri: str) -> str:
    return uri.rstrip("/") + "/"


def _home() -> Path:
    return Path(os.environ.get("AIRFLOW_HOME") or Path.home() / "airflow").expanduser()
