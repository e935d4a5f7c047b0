"""Every script that is tested beside its task is shown beside it, too."""

import re

from tests.docs.pages import REPOSITORY, Page

PAIRS = REPOSITORY / "tests" / "airflow" / "test_from_scripts.py"


def test_each_tested_script_and_its_task_are_on_the_page() -> None:
    tested = re.findall(r"--8<-- \[start:(\w+)\]", PAIRS.read_text())
    shown = re.findall(
        r'--8<-- "tests/airflow/test_from_scripts.py:(\w+)"', Page.read("guides/from-scripts").text
    )

    assert sorted(shown) == sorted(tested)
    scripts = [name.removesuffix("_script") for name in shown if name.endswith("_script")]
    assert [name.removesuffix("_task") for name in shown if name.endswith("_task")] == scripts
