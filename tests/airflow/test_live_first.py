"""Which task Airflow's scheduler takes first when a live run comes while a backfill waits."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.airflow.conftest import DAGS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LIVE_FIRST = {"weight_rule": "encord_provider.plugins.live_first.LiveFirst"}
DAYS = ("2026-11-16", "2026-11-18")
TONIGHT = datetime(2026, 11, 20, tzinfo=UTC)


def daily(default_args: dict[str, str]) -> str:
    """Define a DAG in Airflow's database; return its id."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.sdk import DAG, task
    from airflow.timetables.interval import CronDataIntervalTimetable

    from tests.airflow.dag_bags import DagBag, sync_bag_to_db

    timetable = CronDataIntervalTimetable("@daily", timezone="UTC")
    name = f"daily_{uuid4().hex}"
    with DAG(name, schedule=timetable, default_args=default_args, is_paused_upon_creation=False) as dag:

        @task
        def register() -> None:
            """Stand for what a run does."""

        register()
    DagBundlesManager().sync_bundles_to_db()
    bag = DagBag(dag_folder=DAGS, collect_dags=False)
    bag.bag_dag(dag)
    sync_bag_to_db(bag, "dags-folder", None)
    return dag.dag_id


def backfill(dag_id: str) -> None:
    """Give the command."""
    from airflow.cli.cli_parser import get_parser

    which = ["--dag-id", dag_id, "--from-date", DAYS[0], "--to-date", DAYS[-1]]
    args = get_parser().parse_args(["backfill", "create", *which])
    args.func(args)


def trigger(dag_id: str, run_id: str) -> None:
    """Start a run by hand, with a date after those of the backfill."""
    from airflow.api.common.trigger_dag import trigger_dag
    from airflow.utils.types import DagRunTriggeredByType

    trigger_dag(dag_id, triggered_by=DagRunTriggeredByType.TEST, run_id=run_id, logical_date=TONIGHT)


def begin(dag_id: str, session: "Session") -> None:
    """Let the first task of every run wait for a slot, as the scheduler does when it begins a run."""
    from airflow.models.dagbag import DBDagBag
    from airflow.models.dagrun import DagRun
    from sqlalchemy import select

    for run in session.scalars(select(DagRun).where(DagRun.dag_id == dag_id)):
        run.dag = DBDagBag().get_dag_for_run(run, session=session)
        run.state = "running"
        ready, _ = run.update_state(session=session, execute_callbacks=False)
        run.schedule_tis(ready, session=session)
    session.flush()


def taken(dag_id: str) -> list[str]:
    """Return the runs whose tasks the scheduler would queue now, in its order."""
    from airflow.jobs.job import Job
    from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
    from airflow.utils.session import create_session

    with create_session() as session:
        begin(dag_id, session)
        scheduler = SchedulerJobRunner(Job())
        # its own query has no other name, and a scheduler that runs tells the order only in what it starts
        queued = scheduler._executable_task_instances_to_queued(max_tis=1_000, session=session)  # noqa: SLF001
        return [ti.run_id for ti in queued if ti.dag_id == dag_id]


@pytest.mark.parametrize(("default_args", "place"), [(LIVE_FIRST, 0), ({}, -1)])
def test_a_live_run_goes_before_the_backfill_that_it_comes_after(
    default_args: dict[str, str], place: int
) -> None:
    """Without the rule the backfill's older dates go first: it is the rule that this shows."""
    dag_id = daily(default_args)
    backfill(dag_id)
    trigger(dag_id, "tonight")

    order = taken(dag_id)

    assert len(order) == 1 + len(("16", "17", "18"))
    assert order.index("tonight") == place % len(order)
