"""A dataset: its data rows, each with the item that it shows."""

from urllib.parse import urlencode

from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox import datasets
from encord_provider.sandbox.page.figures import count_of, facts, moment, size
from encord_provider.sandbox.page.html import Html, element
from encord_provider.sandbox.page.item_card import custom_metadata, full_name, picture, type_pill
from encord_provider.sandbox.page.layout import document, heading, pairs, panel, row, table
from encord_provider.sandbox.page.queries import count_rows, rows_of_dataset

_ROWS = 60
_METADATA = 5  # keys of one item
_COLUMNS = ("", "Item", "Type", "Facts", "Custom metadata", "Size#")


def dataset_page(connection: Connection, uuid: str, after: int = 0) -> Html:
    """Return the page that begins after the data row numbered *after*.

    Raises:
        NotFoundError: There is no such dataset.

    """
    dataset = datasets.get(connection, uuid)
    shown = rows_of_dataset(connection, uuid, after=after, largest=_ROWS)
    return document(
        dataset["title"],
        [(dataset["title"], None)],
        heading(dataset["title"], *_under(dataset)),
        panel(
            "Data rows",
            table(_COLUMNS, [_row(item) for item in shown], "rows"),
            count_of(count_rows(connection, uuid), "data row"),
            empty="No data row yet.",
        ),
        _more(uuid, shown),
    )


def _under(dataset: RowMapping) -> list[object]:
    edited = f"Last edited {moment(dataset['last_edited_at'])}"
    return [dataset["description"], element("br"), edited] if dataset["description"] else [edited]


def _row(item: RowMapping) -> Html:
    path = f"/items/{item['uuid']}"
    return row(
        element("a", picture(item["uuid"]), href=path),
        element("a", full_name(item), href=path),
        type_pill(item),
        element("span", " · ".join(facts(item)), class_="soft small"),
        pairs(custom_metadata(item, _METADATA)) or "",
        element("div", size(item["file_size"]), class_="number"),
    )


def _more(uuid: str, shown: list[RowMapping]) -> Html | None:
    if len(shown) < _ROWS:
        return None
    after = urlencode({"after": shown[-1]["row_seq"]})
    return element("a", "More data rows", href=f"/datasets/{uuid}?{after}", class_="more")
