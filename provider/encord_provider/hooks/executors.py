"""Whether this deployment runs tasks on several machines."""

import os
from typing import Final

from airflow.providers.common.compat.sdk import conf

from encord_provider.errors import NotShared

ONE_MACHINE: Final = frozenset({"LocalExecutor", "airflow.executors.local_executor.LocalExecutor"})
"""The executors that start every task where the scheduler is; of any other one we do not know that."""

IN_A_POD: Final = "AIRFLOW_IS_K8S_EXECUTOR_POD"
"""Set by the Kubernetes executor in each of its pods, whose own configuration may name another executor."""


def spanning_executors() -> list[str]:
    """Return the configured executors that may run tasks on other machines than this one.

    One of them among several is enough, since any task may ask for it. The configuration lists executors by
    comma, after an optional ``team=`` and an optional ``alias:``, and teams by semicolon.
    """
    names = [
        name.rpartition(":")[2].strip()
        for team in conf.get("core", "executor", fallback="LocalExecutor").split(";")
        for name in team.rpartition("=")[2].split(",")
    ]
    pod = ["KubernetesExecutor"] if os.environ.get(IN_A_POD) else []
    return list(dict.fromkeys([*pod, *(name for name in names if name and name not in ONE_MACHINE)]))


def require_one_machine(what: str, place: str, remedy: str) -> None:
    """Refuse a *place* that tasks on several machines would not share.

    Raises:
        NotShared: Tasks may run on several machines.

    """
    executors = spanning_executors()
    if executors:
        raise NotShared(what, place, executors, remedy)
