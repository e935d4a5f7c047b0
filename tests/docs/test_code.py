"""Code on the pages that is not quoted from a file: it compiles, and what it imports is there."""

import ast
import importlib
import json
import re
from pathlib import Path

import pytest

from tests.docs.pages import REPOSITORY, Page, all_pages

QUOTE = re.compile(r'^--8<-- "([^":]+)(?::(\w+))?"$', re.MULTILINE)


def python_blocks() -> list[tuple[Page, str]]:
    """Return the blocks of Python, without those that a file stands for."""
    blocks = [(page, block.code) for page in all_pages() for block in page.blocks("python")]
    return [(page, code) for page, code in blocks if not QUOTE.search(code)]


@pytest.mark.parametrize(
    ("page", "source"), [pytest.param(page, code, id=page.path.stem) for page, code in python_blocks()]
)
def test_python_compiles_and_what_it_imports_is_there(page: Page, source: str) -> None:
    tree = ast.parse(source, page.path.name)

    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = importlib.import_module(node.module)
            assert all(hasattr(module, name.name) for name in node.names), ast.unparse(node)


@pytest.mark.parametrize(
    ("page", "source"),
    [pytest.param(page, code, id=page.path.stem) for page, code in python_blocks() if "import" in code],
)
def test_python_that_imports_what_it_uses_runs(
    page: Page, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    exec(compile(source, page.path.name, "exec"), {"__name__": "page"})  # noqa: S102 - the pages are ours


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.path.stem)
def test_json_parses(page: Page) -> None:
    for block in page.blocks("json"):
        json.loads(block.code)


def test_every_quoted_span_is_there_and_every_example_dag_is_quoted() -> None:
    quotes = {quote for page in all_pages() for quote in QUOTE.findall(page.text)}

    for file, span in quotes:
        text = (REPOSITORY / file).read_text()
        assert not span or (f"[start:{span}]" in text and f"[end:{span}]" in text), (file, span)
    dags = {f"dags/{path.name}" for path in (REPOSITORY / "dags").glob("*.py")}
    assert dags <= {file for file, _ in quotes}
