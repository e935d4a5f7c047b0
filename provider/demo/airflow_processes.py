"""A real Airflow on this machine: four components, each watched, none left behind."""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from demo import sqlite_connection
from demo.airflow_api import AirflowApi
from demo.ports import LOOPBACK, free_ports
from demo.server_process import ServerProcess, running

# On two cores, with every process of the demo beside it; a fresh start takes about 25 s.
_READY_SECONDS = 240
_MIGRATE_SECONDS = 240

_COMPONENTS: Mapping[str, Sequence[str]] = {
    "api-server": (),
    # Without --skip-serve-logs these two would serve their logs on every interface, at fixed ports.
    "scheduler": ("--skip-serve-logs",),
    "dag-processor": (),
    "triggerer": ("--skip-serve-logs",),
}


@dataclass(frozen=True)
class Airflow:
    """An Airflow that runs."""

    url: str
    """Where its UI and its API answer; no login."""

    api: AirflowApi

    home: Path
    """Its AIRFLOW_HOME; the components' logs are here, and the tasks' below ``logs``."""

    components: Sequence[ServerProcess]

    environment: Mapping[str, str] = field(repr=False)
    """Variables under which Airflow's own commands speak of this Airflow."""

    def check(self) -> None:
        """Raise ServerDied when a component has ended: Airflow itself would wait for it for ever."""
        for component in self.components:
            component.check()


@contextlib.contextmanager
def running_airflow(home: Path, dags: Path, environment: Mapping[str, str]) -> Iterator[Airflow]:
    """Run Airflow's api-server, scheduler, dag-processor and triggerer.

    Args:
        home: AIRFLOW_HOME, made when absent: settings, SQLite database, logs. It survives, so that the next
            start goes on with it.
        dags: Folder of the DAG files.
        environment: Variables that the tasks need, such as connections.

    Raises:
        ServerDied: A component ended while it started.
        ServerNotReady: A component does not become healthy.

    """
    home.mkdir(parents=True, exist_ok=True)
    [port] = free_ports(1)
    url = f"http://{LOOPBACK}:{port}"
    whole = {**_inherited(), **_settings(home, dags, url, port), **environment}
    _migrate(home, whole)
    with contextlib.ExitStack() as stack:
        api = stack.enter_context(contextlib.closing(AirflowApi(url)))
        components = [
            stack.enter_context(
                running(f"airflow {name}", _airflow(name, *arguments), home / f"{name}.log", whole)
            )
            for name, arguments in _COMPONENTS.items()
        ]
        # The others are told to end together, which takes 3 s instead of 10 s; the api-server afterwards,
        # since tasks that run say goodbye to it, and insist.
        for component in components[1:]:
            stack.callback(component.terminate)
        airflow = Airflow(url, api, home, components, whole)
        _wait_until_healthy(airflow)
        yield airflow


def _airflow(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "airflow", *arguments]


def _inherited() -> dict[str, str]:
    """Return our environment without the settings of another Airflow that this machine may have."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    return {**kept, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', os.defpath)}"}


def _settings(home: Path, dags: Path, url: str, port: int) -> dict[str, str]:
    """Return the settings that hold on two cores with SQLite; Airflow makes its secrets, in airflow.cfg."""
    connect_args = f"{sqlite_connection.__name__}.ARGUMENTS"
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        # More task processes than this at once starve each other on two cores, until imports time out.
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "300",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__API__HOST": LOOPBACK,
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS": connect_args,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS_ASYNC": connect_args,
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        # DAGs run when they are told to: waking one must not start its nightly run beside ours.
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": "False",
    }


def _migrate(home: Path, environment: Mapping[str, str]) -> None:
    """Make the database, or bring it up to date."""
    command = _airflow("db", "migrate")
    with running("airflow db migrate", command, home / "db-migrate.log", environment) as migration:
        migration.wait_until_done(_MIGRATE_SECONDS)


def _wait_until_healthy(airflow: Airflow) -> None:
    """Wait until each component says of itself that it works."""

    def healthy() -> bool:
        airflow.check()
        try:
            return airflow.api.is_healthy()
        except httpx.TransportError:  # not listening yet
            return False

    airflow.components[0].wait_until(healthy, _READY_SECONDS)
