"""Our errors in Airflow's words."""

import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from encord_provider.errors import (
    BadSource,
    EncordProviderError,
    EncordUnavailable,
    FailNow,
    LeaseHeld,
    Refused,
)
from encord_provider.hooks.task_failure import task_failure


def raised(error: Exception) -> Exception:
    """Return what Airflow sees of *error*."""
    try:
        with task_failure():
            raise error
    except (AirflowException, ZeroDivisionError) as seen:
        return seen


@pytest.mark.parametrize("error", [BadSource("ftp://", "no"), Refused("create a folder", "no")])
def test_what_no_retry_mends_fails_the_task_at_once(error: FailNow) -> None:
    seen = raised(error)

    assert isinstance(seen, AirflowFailException)
    assert str(seen) == str(error)
    assert seen.__cause__ is error


@pytest.mark.parametrize(
    "error", [EncordUnavailable("list the items", "HTTP 503", 3), LeaseHeld("build", "run")]
)
def test_what_may_go_better_later_is_left_to_the_retries(error: EncordProviderError) -> None:
    seen = raised(error)

    assert not isinstance(seen, AirflowFailException)
    assert str(seen) == str(error)


def test_what_is_not_ours_passes_unchanged() -> None:
    error = ZeroDivisionError()

    assert raised(error) is error


def test_nothing_is_raised_when_nothing_is_wrong() -> None:
    with task_failure():
        pass
