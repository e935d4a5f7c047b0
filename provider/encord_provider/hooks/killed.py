"""A trigger that is cancelled: whether a person did it, which Airflow does not tell reliably, and how to act on it."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from airflow.sdk import Context
    from airflow.triggers.base import BaseTrigger

DEFERRED = "deferred"

MARK: Final = "waiting_try"
"""XCom of a task that waits: which of its tries does. A try of a cleared task has another ID than the one before."""

_undisturbed: Final[set[asyncio.Task[None]]] = set()
"""What goes on by itself: asyncio keeps no hold of it."""


def leave_mark(context: "Context") -> None:
    """Record that this try of the task is the one that waits, for `still_waits`."""
    task = context["ti"]
    task.xcom_push(MARK, str(task.id))


async def still_waits(trigger: "BaseTrigger") -> bool:
    """Tell whether the same try of a trigger's task is deferred all the same: nobody has marked or cleared it.

    Airflow 3.3 calls ``on_kill`` for a person, and also in a triggerer that stood still until another one had taken
    its triggers over (``TriggerRunnerSupervisor.update_triggers``). Then the wait goes on there. A task that was
    cleared may be deferred again by now: that is another try.
    """
    task = trigger.task_instance
    if task is None:
        return False
    from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance
    from airflow.sdk.execution_time.xcom import XCom
    from asgiref.sync import sync_to_async

    states = await sync_to_async(RuntimeTaskInstance.get_task_states)(
        dag_id=task.dag_id, task_ids=[task.task_id], run_ids=[task.run_id], map_index=task.map_index
    )
    # asked for one task, whose name has its index appended when it is mapped
    if DEFERRED not in (states.get(task.run_id) or {}).values():
        return False
    mark = await sync_to_async(XCom.get_one)(
        key=MARK, dag_id=task.dag_id, task_id=task.task_id, run_id=task.run_id, map_index=task.map_index
    )
    return mark in {None, str(task.id)}


def must_notice_by_itself(trigger: "BaseTrigger") -> bool:
    """Tell whether a trigger that is cancelled has to find out why: Airflow before 3.3 tells it nothing."""
    from airflow.triggers.base import BaseTrigger

    return not hasattr(BaseTrigger, "on_kill") and trigger.task_instance is not None


async def undisturbed(work: Coroutine[Any, Any, None]) -> None:
    """Do *work* to its end, even when the caller is cancelled meanwhile.

    The triggerer cancels a trigger anew each time that it looks, about once a second, until it has ended
    (``TriggerRunnerSupervisor.cancelling_triggers``), and that would end ``on_kill`` with it.
    """
    task = asyncio.create_task(work)
    _undisturbed.add(task)
    task.add_done_callback(_undisturbed.discard)
    await asyncio.shield(task)
