"""Our errors in Airflow's words: fail now, or leave it to the retries."""

from collections.abc import Iterator
from contextlib import contextmanager

from airflow.providers.common.compat.sdk import AirflowException, AirflowFailException

from encord_provider.errors import FailNow, RetryLater


@contextmanager
def task_failure() -> Iterator[None]:
    """Turn what this package raises into what Airflow acts on.

    Raises:
        AirflowFailException: For `FailNow`: the task fails without using its retries.
        AirflowException: For `RetryLater`: the task uses its retries.

    """
    try:
        yield
    except FailNow as error:
        raise AirflowFailException(str(error)) from error
    except RetryLater as error:
        raise AirflowException(str(error)) from error
