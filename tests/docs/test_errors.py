"""Every error is in the reference, with what Airflow does and what a person can do."""

import ast
import inspect
import re

import pytest
from airflow.providers.common.compat.sdk import AirflowException, AirflowFailException

from encord_provider import errors
from encord_provider.errors import EncordProviderError, FailNow, RetryLater
from encord_provider.hooks.task_failure import task_failure
from tests.docs.pages import Page, code

REFERENCE = "reference/errors"


def concrete() -> list[type[EncordProviderError]]:
    """Return the errors that are raised: the leaves of the tree."""
    return [
        member
        for _, member in inspect.getmembers(errors, inspect.isclass)
        if issubclass(member, EncordProviderError) and not member.__subclasses__()
    ]


def test_the_tree_is_the_one_that_the_module_draws() -> None:
    drawn = [
        " " * (len(indent) // 2) + name + meaning
        for indent, name, meaning in re.findall(
            r"^( *)\* `(\w+)`(.*)$",
            ast.get_docstring(ast.parse(inspect.getsource(errors))) or "",
            re.MULTILINE,
        )
    ]

    assert Page.read(REFERENCE).blocks("text")[0].code.splitlines() == drawn


def test_the_tree_has_every_error_below_its_parent() -> None:
    parents: list[str] = []
    for line in Page.read(REFERENCE).blocks("text")[0].code.splitlines():
        depth, name = (len(line) - len(line.lstrip())) // 2, line.split(":")[0].strip()
        parents[depth:] = [name]
        error = getattr(errors, name)
        assert [c.__name__ for c in error.__mro__[: depth + 1]] == parents[::-1]


def test_the_table_has_every_error_with_its_attributes_and_its_consequence() -> None:
    documented = {
        code(row[0])[0]: (code(row[1]), row[2]) for row in Page.read(REFERENCE).under("What to do").table()
    }

    assert documented == {
        error.__name__: (
            list(inspect.signature(error).parameters),
            "fails now" if issubclass(error, FailNow) else "retries",
        )
        for error in concrete()
    }


def test_airflow_does_what_the_page_says() -> None:
    with pytest.raises(AirflowFailException), task_failure():
        raise FailNow
    with pytest.raises(AirflowException) as retried, task_failure():
        raise RetryLater

    assert not isinstance(retried.value, AirflowFailException)
