"""What names a run in the ledger."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RunKey:
    """One run of one source into one target; a DAG run may have several."""

    target: str
    name: str
    """Unique and stable across retries: ``<dag_id>/<run_id>``."""

    source: str
