"""What a DAG file pays for importing our operators, against ``import airflow.sdk`` alone."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

OPERATORS = (
    "encord_provider.operators.dataset",
    "encord_provider.operators.manifest",
    "encord_provider.operators.metadata",
    "encord_provider.operators.receipt",
    "encord_provider.operators.upload",
    "encord_provider.sensors.bucket",
    "encord_provider.sensors.upload",
)

BASELINE = "import airflow.sdk"

ROUNDS = 7


def imports() -> dict[str, Any]:
    """Measure both in turn, in CPU seconds of a whole process; the ratio says how many times the cost."""
    ours_code = "; ".join((BASELINE, *(f"import {module}" for module in OPERATORS)))
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"AIRFLOW_HOME": home, "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
        cpu_seconds(BASELINE, environment)  # writes the configuration file once
        cpu_seconds(ours_code, environment)  # compiles our modules once
        pairs = [
            (cpu_seconds(ours_code, environment), cpu_seconds(BASELINE, environment)) for _ in range(ROUNDS)
        ]
    ours = statistics.median(ours for ours, _ in pairs)
    baseline = statistics.median(baseline for _, baseline in pairs)
    return {
        "bench": "imports",
        "size": len(OPERATORS),
        "ours": round(ours, 3),
        "baseline": round(baseline, 3),
        "ratio": round(ours / baseline, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1),
    }


def cpu_seconds(code: str, environment: dict[str, str]) -> float:
    """Return the CPU seconds, user and system, of a Python process that runs *code*."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=Path.cwd())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
