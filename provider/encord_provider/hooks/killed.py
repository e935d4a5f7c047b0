"""Whether it was a person who ended a trigger: the triggerer does not tell, or not reliably."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airflow.triggers.base import BaseTrigger

DEFERRED = "deferred"


async def still_waits(trigger: "BaseTrigger") -> bool:
    """Tell whether the task of a trigger is deferred all the same: then nobody has marked or cleared it.

    Airflow 3.3 calls ``on_kill`` for a person, and also in a triggerer that stood still until another one had taken
    its triggers over (``TriggerRunnerSupervisor.update_triggers``). Then the wait goes on there.
    """
    task = trigger.task_instance
    if task is None:
        return False
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance
    from asgiref.sync import sync_to_async

    states = await sync_to_async(RuntimeTaskInstance.get_task_states)(
        dag_id=task.dag_id, task_ids=[task.task_id], run_ids=[task.run_id], map_index=task.map_index
    )
    # asked for one task, whose name has its index appended when it is mapped
    return DEFERRED in (states.get(task.run_id) or {}).values()


async def is_killed_by_a_person(trigger: "BaseTrigger") -> bool:
    """Tell whether a trigger that is being cancelled is so because a person marked or cleared its task.

    A triggerer that restarts leaves the task deferred. From 3.3 on Airflow calls the trigger's ``on_kill`` itself, and
    this is always False.
    """
    from airflow.triggers.base import BaseTrigger

    if hasattr(BaseTrigger, "on_kill") or trigger.task_instance is None:
        return False
    return not await still_waits(trigger)
