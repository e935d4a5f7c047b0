"""What the demo asks of Airflow's REST API."""

from collections.abc import Generator, Iterator, Mapping
from typing import Any, NamedTuple

import httpx

_API = "/api/v2"
_TIMEOUT_SECONDS = 60  # the database may be locked that long


class TaskState(NamedTuple):
    """One task of a run, as it is now."""

    task_id: str

    map_index: int
    """Which of the mapped tasks; -1 when the task is not mapped."""

    state: str
    """``none`` until it is scheduled."""

    tries: int
    """How often it has been started; a deferral counts nothing."""


class NoLogin(httpx.Auth):
    """Takes the token that an Airflow without a login gives to everybody; from 3.3 on it asks for none."""

    requires_response_body = True

    def __init__(self, url: str) -> None:
        self._url = f"{url}/auth/token"
        self._token = ""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Ask for a token when there is none, or it has expired."""
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            given = yield httpx.Request("GET", self._url)
            self._token = given.raise_for_status().json()["access_token"]
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request


class AirflowApi:
    """A client of the API, version 2, of an Airflow that asks for no login."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url + _API, timeout=_TIMEOUT_SECONDS, auth=NoLogin(url))

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def is_healthy(self) -> bool:
        """Whether the database and each component are healthy."""
        answer = self._client.get("/monitor/health")
        parts = ("metadatabase", "scheduler", "triggerer", "dag_processor")
        return answer.is_success and all(answer.json()[part]["status"] == "healthy" for part in parts)

    def has_dag(self, dag_id: str) -> bool:
        """Whether the DAG has been read from its file."""
        answer = self._client.get(f"/dags/{dag_id}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False
        answer.raise_for_status()
        return True

    def import_errors(self) -> dict[str, str]:
        """Return the traceback of each DAG file that cannot be read, by its name."""
        errors = self._get("/importErrors")["import_errors"]
        return {error["filename"]: error["stack_trace"] for error in errors}

    def pause(self, dag_id: str) -> None:
        """Let no run of the DAG start."""
        self._client.patch(f"/dags/{dag_id}", json={"is_paused": True}).raise_for_status()

    def unpause(self, dag_id: str) -> None:
        """Let the DAG's runs start."""
        self._client.patch(f"/dags/{dag_id}", json={"is_paused": False}).raise_for_status()

    def trigger(self, dag_id: str, run_id: str, conf: Mapping[str, Any]) -> None:
        """Start a run by hand, with *conf* as its params."""
        body = {"dag_run_id": run_id, "logical_date": None, "conf": dict(conf)}
        self._client.post(f"/dags/{dag_id}/dagRuns", json=body).raise_for_status()

    def unfinished_runs(self, dag_id: str) -> list[str]:
        """Return the ids of the runs that are queued or running."""
        runs = self._get(f"/dags/{dag_id}/dagRuns", state=["queued", "running"])["dag_runs"]
        return [run["dag_run_id"] for run in runs]

    def give_up(self, dag_id: str, run_id: str) -> None:
        """End a run as failed."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}"
        self._client.patch(path, json={"state": "failed"}).raise_for_status()

    def run_state(self, dag_id: str, run_id: str) -> str:
        """Return the state of a run: ``queued``, ``running``, ``success`` or ``failed``."""
        return str(self._get(f"/dags/{dag_id}/dagRuns/{run_id}")["state"])

    def task_states(self, dag_id: str, run_id: str) -> list[TaskState]:
        """Return the run's tasks."""
        found = self._get(f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]
        return [TaskState(t["task_id"], t["map_index"], t["state"] or "none", t["try_number"]) for t in found]

    def returned(self, dag_id: str, run_id: str, task_id: str) -> Any:  # noqa: ANN401 - a task returns any JSON
        """Return what a task returned."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/return_value"
        return self._get(path, deserialize="true")["value"]

    def log(self, dag_id: str, run_id: str, task: TaskState) -> list[str]:
        """Return what the last try of a task wrote, with the exception that ended it."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task.task_id}/logs/{task.tries}"
        content = self._get(path, map_index=str(task.map_index))["content"]
        return [text for line in content for text in _texts(line) if not text.startswith("::")]

    def _get(self, path: str, **query: str | list[str]) -> Any:  # noqa: ANN401 - JSON
        answer = self._client.get(path, params=query)
        answer.raise_for_status()
        return answer.json()


def _texts(line: Mapping[str, Any]) -> Iterator[str]:
    """Read a line of a log: a message, and how it came to it if that was an exception."""
    yield str(line["event"])
    for error in line.get("error_detail") or ():
        for frame in error["frames"][-1:]:
            yield f"  {frame['filename']}:{frame['lineno']} in {frame['name']}"
        yield f"  {error['exc_type']}: {error['exc_value']}"
