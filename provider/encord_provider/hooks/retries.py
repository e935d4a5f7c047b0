"""How tasks that talk to Encord are tried again, with any Airflow."""

from datetime import timedelta
from typing import Any


def encord_retries() -> dict[str, Any]:
    """Return what belongs into the ``default_args`` of a DAG whose tasks talk to Encord.

    With Airflow 3.3 and later the policy among it waits as long as Encord's ``Retry-After`` says, and knows the
    errors of this package in tasks of your own, too; Airflow before has none.
    """
    retries: dict[str, Any] = {"retries": 3, "retry_delay": timedelta(seconds=15)}
    try:
        from encord_provider.hooks.retry_policy import EncordRetryPolicy
    except ModuleNotFoundError:  # Airflow before 3.3
        return retries
    return retries | {"retry_policy": EncordRetryPolicy()}
