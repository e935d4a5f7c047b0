"""Tasks of a deployment whose executor spans machines."""

import pytest

from tests.airflow.conftest import World, run_tasks


def test_a_task_refuses_to_start_with_a_ledger_of_one_machine_and_does_not_try_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from encord_provider.operators.manifest import EncordBuildManifestOperator

    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")

    def define() -> None:
        EncordBuildManifestOperator(
            task_id="manifests", source=f"s3://{world.bucket}", folder="fleet", retries=3
        )

    (task,) = run_tasks(define).values()

    assert (task.state, task.try_number) == ("failed", 1)
    assert world.sandbox.requests == []
