"""Whether this deployment runs tasks on several machines."""

import pytest

from encord_provider.errors import NotShared
from encord_provider.hooks.executors import IN_A_POD, require_one_machine, spanning_executors

CELERY = "airflow.providers.celery.executors.celery_executor.CeleryExecutor"
EDGE = "airflow.providers.edge3.executors.EdgeExecutor"
LOCAL = "airflow.executors.local_executor.LocalExecutor"


@pytest.mark.parametrize(
    ("configured", "spanning"),
    [
        ("LocalExecutor", []),
        (LOCAL, []),
        (f"mine:{LOCAL}", []),
        ("LocalExecutor;ml=LocalExecutor", []),
        ("CeleryExecutor", ["CeleryExecutor"]),
        ("KubernetesExecutor", ["KubernetesExecutor"]),
        (EDGE, [EDGE]),
        ("LocalExecutor,CeleryExecutor", ["CeleryExecutor"]),
        ("LocalExecutor, KubernetesExecutor", ["KubernetesExecutor"]),
        (f"LocalExecutor,far:{CELERY}", [CELERY]),
        (f"LocalExecutor;ml=CeleryExecutor,{EDGE};bi=CeleryExecutor", ["CeleryExecutor", EDGE]),
        ("fleet.executors.OurExecutor", ["fleet.executors.OurExecutor"]),
    ],
)
def test_every_executor_but_the_local_one_may_span_machines(
    monkeypatch: pytest.MonkeyPatch, configured: str, spanning: list[str]
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", configured)

    assert spanning_executors() == spanning


def test_the_default_executor_is_of_one_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW__CORE__EXECUTOR", raising=False)

    assert spanning_executors() == []


def test_a_pod_of_kubernetes_is_one_of_many_whatever_its_own_configuration_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "LocalExecutor")
    monkeypatch.setenv(IN_A_POD, "True")

    assert spanning_executors() == ["KubernetesExecutor"]


def test_a_place_that_is_not_shared_is_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "LocalExecutor,CeleryExecutor")

    with pytest.raises(NotShared, match="CeleryExecutor may run tasks on several: name another") as caught:
        require_one_machine("ledger", "sqlite:////var/ledger.db", "name another")

    assert caught.value.executors == ("CeleryExecutor",)
    assert caught.value.place == "sqlite:////var/ledger.db"
