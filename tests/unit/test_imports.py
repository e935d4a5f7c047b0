"""What importing our modules loads: the pure packages run without Airflow, and a DAG file pays for little."""

import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import encord_provider

PURE = ("errors", "manifest", "media", "metadata", "uploads")
FACING_AIRFLOW = ("hooks", "links", "operators", "plugins", "sensors", "triggers")

_LOADED = """
import importlib, json, sys
for module in {before!r}:
    importlib.import_module(module)
known = set(sys.modules)
for module in {modules!r}:
    importlib.import_module(module)
print(json.dumps(sorted(set(sys.modules) - known)))
"""


def modules_of(packages: Iterable[str]) -> list[str]:
    """Return the modules of some of our packages that exist."""
    roots = tuple(f"encord_provider.{package}" for package in packages)
    names = [
        module.name
        for module in pkgutil.walk_packages(encord_provider.__path__, f"{encord_provider.__name__}.")
    ]
    return [name for name in names if name in roots or name.startswith(tuple(f"{root}." for root in roots))]


def loaded_by(modules: Iterable[str], before: Iterable[str] = ()) -> set[str]:
    """Return the top-level packages that a new process loads for *modules*, beside what *before* has loaded."""
    code = _LOADED.format(modules=list(modules), before=list(before))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    names = json.loads(done.stdout.splitlines()[-1])
    return {
        ".".join(name.split(".")[:2]) if name.startswith(("google.", "azure.")) else name.split(".")[0]
        for name in names
    }


def test_the_pure_packages_load_nothing_but_the_standard_library_and_what_they_name() -> None:
    modules = modules_of(PURE)

    loaded = loaded_by(modules)

    assert len(modules) > 15
    assert loaded.isdisjoint(
        {"airflow", "encord", "obstore", "sqlalchemy", "boto3", "httpx", "pydicom", "numpy", "av"}
    )
    third_party = loaded - sys.stdlib_module_names - {"encord_provider"}
    allowed = ("wcmatch", "bracex", "yaml", "cython_runtime", "pydantic", "typing_", "annotated_types", "_")
    assert {name for name in third_party if not name.startswith(allowed)} == set()


def test_importing_all_that_faces_airflow_loads_no_library_that_a_dag_file_should_not_pay_for() -> None:
    modules = modules_of(FACING_AIRFLOW)

    loaded = loaded_by(modules, before=["airflow.sdk", "airflow.triggers.base"])

    assert len(modules) > 15
    heavy = {
        "encord",
        "obstore",
        "sqlalchemy",
        "boto3",
        "botocore",
        "pydicom",
        "av",
        "numpy",
        "PIL",
        "nibabel",
    }
    assert loaded.isdisjoint({*heavy, "google.cloud", "azure.storage", "azure.identity", "cryptography"})


def test_importing_the_package_and_its_provider_info_loads_nothing_at_all() -> None:
    loaded = loaded_by(["encord_provider", "encord_provider.provider_info"])

    assert loaded - sys.stdlib_module_names == {"encord_provider"}


def test_no_module_of_ours_is_missing_from_the_lists_above() -> None:
    root = Path(encord_provider.__path__[0])
    packages = {path.name for path in root.iterdir() if (path / "__init__.py").exists()}
    elsewhere = {"buckets", "cli", "encord_api", "ingestion", "ledger", "sandbox"}

    assert packages <= {*PURE, *FACING_AIRFLOW, *elsewhere}
