"""What an operator presets holds for a task of every form, unless its author says otherwise."""

from datetime import timedelta
from typing import Any

import pytest


def submission(*, mapped: bool, in_group: bool = False, dag: dict[str, Any], **arguments: Any) -> Any:  # noqa: ANN401 - Airflow's, two classes
    """Return a task as the scheduler sees it."""
    from airflow.sdk import DAG, TaskGroup

    from encord_provider.operators.upload import EncordSubmitUploadOperator

    arguments_of_all: Any = dag if in_group else {}
    with (
        DAG("fleet", schedule=None, default_args={} if in_group else dag),
        TaskGroup("all", default_args=arguments_of_all),
    ):
        if mapped:
            return EncordSubmitUploadOperator.partial(task_id="submit", **arguments).expand(manifest=["a"])
        return EncordSubmitUploadOperator(task_id="submit", manifest="a", **arguments)


@pytest.mark.parametrize("mapped", [False, True])
class TestPresets:
    """Of a plain task and of a mapped one."""

    def test_they_hold_where_nothing_is_said(self, *, mapped: bool) -> None:
        task = submission(mapped=mapped, dag={})

        assert (task.retries, task.retry_delay) == (3, timedelta(seconds=15))
        assert task.map_index_template == "{{ task.manifest }}"

    @pytest.mark.parametrize("in_group", [False, True])
    def test_default_arguments_come_before_them(self, *, mapped: bool, in_group: bool) -> None:
        task = submission(mapped=mapped, in_group=in_group, dag={"retries": 7})

        assert (task.retries, task.retry_delay) == (7, timedelta(seconds=15))

    def test_the_task_itself_comes_first(self, *, mapped: bool) -> None:
        task = submission(mapped=mapped, dag={"retries": 7}, retries=0, default_args={"retry_delay": 1})

        assert task.retries == 0
        assert task.retry_delay == timedelta(seconds=1)
