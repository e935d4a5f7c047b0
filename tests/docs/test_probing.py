"""The numbers of probing are those of the code."""

from dataclasses import asdict

from encord_provider.media.budget import Budget
from encord_provider.media.grades import Grade
from encord_provider.media.ranges import BLOCK
from tests.docs.pages import Page, code
from tests.unit.media.test_corpus import GRADES


def table_after(heading: str) -> list[list[str]]:
    """Return the rows of the table under a heading."""
    return Page.read("reference/probing").under(heading).table()


def test_every_limit_of_the_budget_is_documented() -> None:
    rows = {code(row[0])[0]: row[1] for row in table_after("Budget")}

    assert rows == {name: f"{number:,}" for name, number in asdict(Budget()).items()}
    assert f"{BLOCK:,} bytes" in Page.read("reference/probing").text


def test_every_grade_is_documented() -> None:
    assert [code(row[0])[0] for row in table_after("Grades")] == [grade.value for grade in Grade]


def test_the_grades_of_the_corpus_are_documented() -> None:
    rows = {row[0]: [int(number) for number in row[1:]] for row in table_after("How well it works")}

    assert rows == {
        kind.value: [found.get(grade.value, 0) for grade in Grade] for kind, found in GRADES.items()
    }
