"""What a retry policy makes of our errors, wherever Airflow has such a thing."""

from datetime import timedelta
from importlib.util import find_spec

import pytest

from encord_provider.errors import EncordUnavailable, LeaseHeld, NotFound
from encord_provider.hooks.retries import encord_retries
from tests.unit.hooks.test_task_failure import raised

HAS_POLICIES = find_spec("airflow.sdk.definitions.retry_policy") is not None


def test_the_defaults_suit_every_airflow_and_hold_a_policy_where_there_is_such_a_thing() -> None:
    assert ("retry_policy" in encord_retries()) is HAS_POLICIES
    assert encord_retries()["retries"] > 0


@pytest.mark.skipif(not HAS_POLICIES, reason="Airflow before 3.3 has no retry policies")
@pytest.mark.parametrize(
    ("error", "action", "delay"),
    [
        (NotFound("dataset", "fleet"), "fail", None),
        (EncordUnavailable("ask", "HTTP 429", retry_after=7), "retry", timedelta(seconds=7)),
        (EncordUnavailable("ask", "HTTP 503"), "retry", None),
        (LeaseHeld("build", "run"), "retry", None),
        (ZeroDivisionError(), "default", None),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
@pytest.mark.parametrize("wrapped", [True, False], ids=["in an operator", "in a task of one's own"])
def test_the_policy_decides_by_the_consequence(
    error: Exception, action: str, delay: timedelta | None, *, wrapped: bool
) -> None:
    seen = raised(error) if wrapped else error
    decision = encord_retries()["retry_policy"].evaluate(seen, 1, 3)

    assert (decision.action.value, decision.retry_delay) == (action, delay)
