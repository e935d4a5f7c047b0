"""An Airflow of real processes, with one small DAG."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.airflow_processes import Airflow, running_airflow

_DAG = """
from datetime import timedelta

from airflow.sdk import DAG, Param, task

with DAG("greeting", schedule="@daily", params={"name": Param("nobody", type="string")}):

    @task
    def greet(params: dict[str, str]) -> dict[str, str]:
        return {"said": f"Hello, {params['name']}"}

    greet()
"""


@pytest.fixture(scope="session")
def dags(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the DAG's file."""
    folder = tmp_path_factory.mktemp("dags")
    (folder / "greeting.py").write_text(_DAG)
    return folder


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory, dags: Path) -> Iterator[Airflow]:
    """Run one Airflow for the tests of a module."""
    with running_airflow(tmp_path_factory.mktemp("airflow"), dags, {}) as running:
        yield running
