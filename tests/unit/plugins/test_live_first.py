"""Live runs weigh more than backfills, whatever their tasks weigh."""

from datetime import UTC, datetime
from importlib.metadata import entry_points
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from encord_provider.plugins.live_first import EncordPlugin, LiveFirst

if TYPE_CHECKING:
    from airflow.models.taskinstance import TaskInstance


def weight(run_id: str, priority_weight: int = 1) -> int:
    """Weigh a task; of Airflow's own class, which needs a database, a weight reads these two and no more."""
    ti = SimpleNamespace(run_id=run_id, task=SimpleNamespace(priority_weight=priority_weight))
    return LiveFirst().get_weight(cast("TaskInstance", ti))


@pytest.mark.parametrize(
    "live", ["scheduled__2026-11-20T00:00:00+00:00", "manual__1", "asset_triggered__1", "tonight"]
)
def test_a_live_task_goes_before_the_weightiest_of_a_backfill(live: str) -> None:
    assert weight(live) > weight("backfill__2026-11-16T00:00:00+00:00", 1_000)


def test_among_live_tasks_and_among_those_of_a_backfill_their_own_weight_decides() -> None:
    assert weight("tonight", 2) > weight("tonight", 1)
    assert weight("backfill__1", 2) > weight("backfill__1", 1)


def test_a_backfill_of_airflow_s_own_has_the_run_id_that_is_looked_for() -> None:
    from airflow.utils.types import DagRunType  # noqa: PLC0415 - importing Airflow costs seconds

    run_id = DagRunType.BACKFILL_JOB.generate_run_id(suffix=datetime.now(UTC).isoformat())

    assert weight(run_id) == 1


def test_airflow_finds_the_plugin_by_the_entry_point_of_the_distribution() -> None:
    (found,) = [entry for entry in entry_points(group="airflow.plugins") if entry.name == "encord"]

    assert found.load() is EncordPlugin
