"""What a command on a source needs: Airflow's connections to a real bucket and an Encord on localhost."""

import json
from pathlib import Path

import pytest

from tests.unit.ingestion.conftest import Pipeline, pipeline

__all__ = ["connected", "pipeline"]


@pytest.fixture
def connected(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """Let Airflow's environment lead to what the pipeline works on."""
    server = pipeline.bucket.server
    encord = {
        "conn_type": "encord",
        "host": pipeline.sandbox.url,
        "password": pipeline.sandbox.private_key,
        "extra": {"integration": "s3"},
    }
    aws = {
        "conn_type": "aws",
        "login": server.access_key_id,
        "password": server.secret_access_key,
        "extra": {"endpoint_url": server.endpoint, "region_name": server.region},
    }
    monkeypatch.setenv("AIRFLOW_CONN_ENCORD_DEFAULT", json.dumps(encord))
    monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", json.dumps(aws))
    monkeypatch.setenv("AIRFLOW__ENCORD__LEDGER_URL", f"sqlite:///{tmp_path / 'ledger.db'}")
    monkeypatch.setenv("AIRFLOW__ENCORD__STORAGE", (tmp_path / "storage").as_uri())
    return pipeline
