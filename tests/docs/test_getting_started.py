"""Options of the demo, extras of the package, steps of the checks: as the files have them."""

import re
import subprocess
import sys
import tomllib

from tests.docs.pages import REPOSITORY, Page, code, first_code


def test_every_option_of_the_demo_is_listed() -> None:
    usage = subprocess.run(
        [sys.executable, "-m", "demo", "--help"], capture_output=True, text=True, check=True
    ).stdout

    listed = first_code(Page.read("getting-started").under("Without an account").table())
    assert set(listed) == set(re.findall(r"\[(--\w+(?: DIR)?)\]", usage))


def test_every_extra_is_listed() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]

    listed = first_code(Page.read("getting-started").under("With your bucket and your account").table())
    assert set(listed) == set(project["optional-dependencies"])


def test_the_steps_of_the_checks_are_listed_in_order() -> None:
    script = (REPOSITORY / ".ci" / "run").read_text()
    contributing = Page.read("contributing").under("Everything else").text

    steps = [name.partition(":")[0] for name in re.findall(r'^ *step "(.+)"$', script, re.MULTILINE)]
    assert re.findall(r"^\d+\. ([^:\n]+)", contributing, re.MULTILINE) == steps[:-1]


def test_every_directory_of_tests_is_listed() -> None:
    listed = first_code(Page.read("contributing").under("Tests").table())

    tests = REPOSITORY / "tests"
    there = {f"tests/{path.relative_to(tests).parts[0]}" for path in tests.rglob("*/test_*.py")}
    assert there <= set(listed)
    assert [name for name in listed if not (REPOSITORY / name).is_dir()] == []


def test_the_house_has_every_package() -> None:
    drawn = Page.read("design/architecture").blocks("text")[0].code

    packages = (REPOSITORY / "provider" / "encord_provider").glob("*/__init__.py")
    assert [p.parent.name for p in packages if f"{p.parent.name}/" not in drawn] == []


def test_the_arrows_are_those_that_the_linter_checks() -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert len(settings["contracts"]) == 1 + len(("pure", "SDK", "sandbox", "demo"))
    (layers,) = (contract["layers"] for contract in settings["contracts"] if contract["type"] == "layers")

    drawn = [
        line.strip(" └▶")
        for line in Page.read("design/architecture").under("The arrows").blocks()[0][1].splitlines()
    ]
    assert drawn == [
        " | ".join(part for part in layer.replace("encord_provider.", "").split(" | ") if "(" not in part)
        for layer in layers
    ]


def test_the_example_in_the_changelog_names_every_example_dag() -> None:
    named = code(Page.read("changelog").text)

    assert {path.stem for path in (REPOSITORY / "dags").glob("*.py")} <= set(named)


def test_the_airflow_that_the_tests_run_on_is_the_one_that_is_pinned() -> None:
    pins = (REPOSITORY / "provider" / "constraints.txt").read_text()
    older = (REPOSITORY / ".ci" / "constraints-oldest.txt").read_text()
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    (version,) = re.findall(r"^apache-airflow==(\S+)", pins, re.MULTILINE)
    (oldest,) = re.findall(r"^apache-airflow>=(\S+)", "\n".join(project["dependencies"]), re.MULTILINE)

    (tested,) = re.findall(r"^apache-airflow==(\S+)", older, re.MULTILINE)

    text = " ".join(Page.read("index").text.split())
    assert f"for Airflow {oldest} and later" in text
    assert f"The tests run on Airflow {version} with both" in text
    assert f"those of the DAGs run on {tested}, too" in text
