"""Every operator and sensor is in the reference, as the code has it."""

import importlib
import inspect
import re
from datetime import timedelta

import pytest
from airflow.sdk import BaseOperator

from encord_provider.hooks.operator import EncordOperator
from encord_provider.provider_info import get_provider_info
from tests.docs.pages import Page, code

REFERENCE = "reference/operators"


def operators() -> list[type[BaseOperator]]:
    """Return what Airflow lists of this provider as operators and sensors."""
    info = get_provider_info()
    modules = [name for group in (*info["operators"], *info["sensors"]) for name in group["python-modules"]]
    return [
        member
        for name in modules
        for _, member in inspect.getmembers(importlib.import_module(name), inspect.isclass)
        if member.__module__ == name and issubclass(member, BaseOperator)
    ]


every_operator = pytest.mark.parametrize("operator", operators(), ids=lambda operator: operator.__name__)


@every_operator
def test_each_argument_is_documented_in_order_with_its_default(operator: type[BaseOperator]) -> None:
    rows = Page.read(REFERENCE).under(operator.__name__).table()
    documented = {code(row[0])[0]: code(row[2])[0] if "`" in row[2] else row[2] for row in rows}

    assert documented == {
        name: "required" if parameter.default is inspect.Parameter.empty else repr(parameter.default)
        for name, parameter in inspect.signature(operator.__init__).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert all(row[3] for row in rows), "an argument is not explained"


@every_operator
def test_template_fields_are_marked(operator: type[BaseOperator]) -> None:
    rows = Page.read(REFERENCE).under(operator.__name__).table()

    assert {code(row[0])[0] for row in rows if row[1] == "T"} == set(operator.template_fields)


@every_operator
def test_what_it_presets_of_airflow_is_documented(operator: type[BaseOperator]) -> None:
    text = Page.read(REFERENCE).under(operator.__name__).text
    (line,) = re.findall(r"^Presets: (.+)$", text, re.MULTILINE)

    assert code(line) == presets(operator)


@every_operator
def test_its_module_and_its_buttons_are_documented(operator: type[BaseOperator]) -> None:
    text = Page.read(REFERENCE).under(operator.__name__).text

    assert f"`{operator.__module__}`" in text
    assert all(f"**{link.name}**" in text for link in operator.operator_extra_links)


@every_operator
def test_the_changelog_and_the_first_page_name_it(operator: type[BaseOperator]) -> None:
    assert f"`{operator.__name__}`" in Page.read("changelog").text
    assert f"`{operator.__name__}`" in Page.read("index").text


def test_the_reference_has_no_operator_that_is_not_there() -> None:
    documented = set(Page.read(REFERENCE).headings()) - {"Operators and sensors", "EncordHook"}

    assert documented == {operator.__name__ for operator in operators()}


def presets(operator: type[BaseOperator]) -> list[str]:
    """Return, as ``name=value``, the arguments of Airflow's that it presets."""
    assert issubclass(operator, EncordOperator)
    return [f"{name}={_said(value)}" for name, value in operator.presets.items()]


def _said(value: object) -> str:
    """Spell a value as a user would."""
    if not isinstance(value, timedelta):
        return repr(value)
    days, seconds = value.days, value.seconds
    return f"timedelta(days={days})" if days and not seconds else f"timedelta(seconds={seconds})"
