"""Errors decide by their consequence what a real Airflow does: fail now, try again, count and go on."""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from airflow.sdk import task

from encord_provider.errors import EncordUnavailable, NotFound
from encord_provider.hooks.retries import encord_retries
from encord_provider.hooks.task_failure import task_failure
from tests.airflow.conftest import run_tasks

HAS_POLICIES = find_spec("airflow.sdk.definitions.retry_policy") is not None

LONG = timedelta(hours=1)
"""A delay that no test waits for: a task that is tried again sooner was told to."""


@pytest.mark.slow
@pytest.mark.parametrize("wrapped", [True, False], ids=["in an operator", "in a task of one's own"])
def test_what_no_retry_mends_fails_without_using_the_retries(tmp_path: Path, *, wrapped: bool) -> None:
    if not wrapped and not HAS_POLICIES:
        pytest.skip("only a retry policy knows our errors in a task of one's own: Airflow 3.3")
    tries = tmp_path / "tries"

    def fails() -> None:
        with tries.open("a") as file:
            file.write("x")
        if wrapped:
            with task_failure():
                raise NotFound("dataset", "fleet")
        raise NotFound("dataset", "fleet")

    ended = run_tasks(task(task_id="fails", **encord_retries() | {"retry_delay": LONG})(fails))

    assert ended["fails"].state == "failed"
    assert tries.read_text() == "x"


@pytest.mark.slow
@pytest.mark.skipif(not HAS_POLICIES, reason="Airflow before 3.3 has no retry policies")
def test_what_may_go_better_later_is_tried_again_when_encord_says(tmp_path: Path) -> None:
    tries = tmp_path / "tries"

    def unavailable_once() -> None:
        first = not tries.exists()
        with tries.open("a") as file:
            file.write("x")
        if first:
            with task_failure():
                raise EncordUnavailable("ask for the job", "HTTP 429", retry_after=0.1)

    ended = run_tasks(task(task_id="asks", **encord_retries() | {"retry_delay": LONG})(unavailable_once))

    assert ended["asks"].state == "success"
    assert tries.read_text() == "xx"


@pytest.mark.slow
def test_without_a_word_from_encord_the_retry_waits_as_the_task_says(tmp_path: Path) -> None:
    tries = tmp_path / "tries"

    def unavailable_once() -> None:
        first = not tries.exists()
        with tries.open("a") as file:
            file.write("x")
        if first:
            with task_failure():
                raise EncordUnavailable("ask for the job", "ConnectionError")

    soon = {"retry_delay": timedelta(seconds=0.1)}
    ended = run_tasks(task(task_id="asks", **encord_retries() | soon)(unavailable_once))

    assert ended["asks"].state == "success"
    assert tries.read_text() == "xx"
