"""When Airflow 3.3 and later tries again: by what an error means, and after what Encord asked for."""

from datetime import timedelta

from airflow.sdk import Context
from airflow.sdk.definitions.retry_policy import RetryDecision, RetryPolicy

from encord_provider.errors import EncordProviderError, EncordUnavailable, FailNow


class EncordRetryPolicy(RetryPolicy):
    """Fail at once what no retry mends, and wait as long as Encord's ``Retry-After`` says.

    An error of this package is known also when Airflow's own stands for it. What is not of this package is left to
    the task's `retries` and `retry_delay`. A policy cannot try more often than `retries` says.
    """

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,  # noqa: ARG002 - Airflow's signature
        max_tries: int,  # noqa: ARG002 - Airflow's signature
        context: Context | None = None,  # noqa: ARG002 - Airflow's signature
    ) -> RetryDecision:
        """Decide by the consequence of the error."""
        error = exception if isinstance(exception, EncordProviderError) else exception.__cause__
        if not isinstance(error, EncordProviderError):
            return RetryDecision.default()
        reason = f"{type(error).__name__}: {error}"
        if isinstance(error, FailNow):
            return RetryDecision.fail(reason)
        asked = error.retry_after if isinstance(error, EncordUnavailable) else None
        return RetryDecision.retry(None if asked is None else timedelta(seconds=asked), reason)
