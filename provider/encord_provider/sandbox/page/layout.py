"""What every page is built from: the frame around it, panels, tables, labels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sqlalchemy import RowMapping

from encord_provider.sandbox.page.figures import count_of
from encord_provider.sandbox.page.html import Html, element, fragment

_REFRESH_SECONDS = 2

Crumb = tuple[str, str | None]
"""A step of the way to a page: its name, and its path unless it is the page itself."""


def document(title: str, crumbs: Sequence[Crumb], *content: object, live: bool = False) -> Html:
    """Return a whole page.

    Args:
        title: Of the browser's tab.
        crumbs: The way to the page from the start page, which comes by itself.
        content: The page below its header.
        live: Whether what it shows is still changing; then it loads itself again.

    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="refresh", content=str(_REFRESH_SECONDS)) if live else None,
        element("title", f"{title} · Encord sandbox"),
        element("link", rel="icon", href="data:,"),
        element("style", _style()),
    )
    way = [_crumb(crumb) for crumb in [("Encord sandbox", "/"), *crumbs]]
    header = element(
        "header",
        element("div", element("nav", *way), element("span", "An Encord on localhost", class_="note")),
    )
    body = element("body", header, element("main", *content))
    return Html(f"<!doctype html>\n{element('html', head, body, lang='en')}")


def heading(title: str, *under: object) -> Html:
    """Return the title of a page and the line under it."""
    return fragment([element("h1", title), element("p", *under, class_="under")])


def panel(title: str, content: Html | None, aside: str = "", empty: str = "") -> Html:
    """Return a titled box; without content it says *empty*."""
    head = element("div", element("h2", title), element("span", aside), class_="head")
    return element("section", head, content or element("p", empty, class_="empty"))


def table(columns: Sequence[str], rows: Iterable[Html], class_: str | None = None) -> Html | None:
    """Return a table, or None without rows; columns whose name ends in ``#`` hold numbers."""
    body = fragment(rows)
    if not body:
        return None
    names = [
        element("th", name.rstrip("#"), class_="number" if name.endswith("#") else None) for name in columns
    ]
    head = element("thead", element("tr", *names)) if any(columns) else None
    return element("table", head, element("tbody", body), class_=class_)


def row(*cells: object, class_: str | None = None) -> Html:
    """Return a row; cells that are numbers are set as numbers."""
    return element("tr", *(_cell(cell) for cell in cells), class_=class_)


def pairs(values: Mapping[str, object]) -> Html | None:
    """Return names with their values, or None if there are none."""
    if not values:
        return None
    return element(
        "dl",
        *(fragment([element("dt", name), element("dd", value)]) for name, value in values.items()),
        class_="pairs",
    )


def figures(*shown: "Figure") -> Html:
    """Return a row of large numbers."""
    return element("div", *(figure.html() for figure in shown), class_="figures")


@dataclass(frozen=True)
class Figure:
    """A number worth seeing from afar."""

    number: int
    noun: str
    plural: str | None = None
    bad: bool = False
    """Whether more than none of it is bad news."""

    def html(self) -> Html:
        """Return it with its noun below."""
        amount, noun = count_of(self.number, self.noun, self.plural).split(" ", 1)
        alarming = self.bad and self.number
        return element("div", element("b", amount), element("span", noun), class_="bad" if alarming else None)


def status(state: str) -> Html:
    """Return the label of a job's or unit's state."""
    return element("span", state.lower(), class_=f"pill {state.lower()}")


def progress(job: RowMapping) -> Html:
    """Return a bar of a job's settled units."""
    total = sum(job[state] for state in ("pending", "done", "error", "cancelled")) or 1
    parts = [
        element("i", class_=state, style=f"width:{100 * job[state] / total:.2f}%")
        for state in ("done", "error", "cancelled")
        if job[state]
    ]
    return element("div", *parts, class_="bar")


def _crumb(crumb: Crumb) -> Html:
    name, path = crumb
    return element("span", name) if path is None else element("a", name, href=path)


def _cell(content: object) -> Html:
    return (
        element("td", f"{content:,}", class_="number") if isinstance(content, int) else element("td", content)
    )


@cache
def _style() -> Html:
    return Html(files(__package__).joinpath("style.css").read_text(encoding="utf-8"))
