"""Encord's own words for the state of a job."""

import pytest
from encord.orm.dataset import LongPollingStatus

from encord_provider.uploads.progress import JobStatus


def test_our_statuses_are_those_of_the_sdk() -> None:
    assert {status.value for status in JobStatus} == {status.value for status in LongPollingStatus}


def test_a_status_that_nobody_knows_is_not_taken_for_another() -> None:
    with pytest.raises(ValueError, match="done"):
        JobStatus("done")
