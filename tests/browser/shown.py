"""What there is to look at."""

from dataclasses import dataclass

from demo.ingestion import DAG_ID, Receipt
from demo.world import World


@dataclass(frozen=True)
class Shown:
    """The demo's world, after one run."""

    world: World
    receipt: Receipt

    def run_page(self, run_id: str) -> str:
        """Return the address of a run's page in Airflow."""
        return f"{self.world.airflow.url}/dags/{DAG_ID}/runs/{run_id}"

    def state_of(self, run_id: str, task_id: str) -> str:
        """Return the state of a task that is not mapped."""
        tasks = self.world.airflow.api.task_states(DAG_ID, run_id)
        return next(task.state for task in tasks if task.task_id == task_id)
