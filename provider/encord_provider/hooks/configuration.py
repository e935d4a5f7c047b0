"""The ``[encord]`` section of Airflow's configuration, with defaults that work on one machine."""

import os
from pathlib import Path

from airflow.providers.common.compat.sdk import conf

SECTION = "encord"


def ledger_url() -> str:
    """Return the SQLAlchemy URL of the ledger; by default a SQLite file under ``AIRFLOW_HOME``."""
    configured = conf.get(SECTION, "ledger_url", fallback="")
    if configured:
        return str(configured)
    directory = _home() / "encord"
    directory.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{directory / 'ledger.db'}"


def storage_uri() -> str:
    """Return where manifests and receipts are kept; by default a directory under ``AIRFLOW_HOME``."""
    configured = conf.get(SECTION, "storage", fallback="") or (_home() / "encord" / "storage").as_uri()
    return str(configured).rstrip("/") + "/"


def storage_conn_id() -> str | None:
    """Return the Airflow connection of the bucket that `storage_uri` names, if one is configured."""
    return conf.get(SECTION, "storage_conn_id", fallback="") or None


def _home() -> Path:
    return Path(os.environ.get("AIRFLOW_HOME") or Path.home() / "airflow").expanduser()
