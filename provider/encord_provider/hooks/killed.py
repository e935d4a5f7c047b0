"""Whether it was a person who ended a trigger, for versions of Airflow whose triggerer does not tell."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.triggers.base import BaseTrigger

DEFERRED = "deferred"


async def is_killed_by_a_person(trigger: "BaseTrigger") -> bool:
    """Tell whether a trigger that is being cancelled is so because a person marked or cleared its task.

    A triggerer that restarts leaves the task deferred. From 3.3 on Airflow calls the trigger's ``on_kill`` itself, and
    this is always False.
    """
    from airflow.triggers.base import BaseTrigger

    task = trigger.task_instance
    if hasattr(BaseTrigger, "on_kill") or task is None:
        return False
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance
    from asgiref.sync import sync_to_async

    states = await sync_to_async(RuntimeTaskInstance.get_task_states)(
        dag_id=task.dag_id, task_ids=[task.task_id], run_ids=[task.run_id], map_index=task.map_index
    )
    of_run = states.get(task.run_id) or {}
    return of_run.get(task.task_id) != DEFERRED
