"""Where Airflow keeps its bag of DAGs: it moved between the oldest version we support and the newest."""

try:
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
except ImportError:  # Airflow 3.1
    from airflow.models.dagbag import DagBag, sync_bag_to_db  # type: ignore[attr-defined,no-redef,unused-ignore]

__all__ = ["DagBag", "sync_bag_to_db"]
