"""An item as a card in a grid."""

import json

from sqlalchemy import RowMapping

from encord_provider.sandbox.page.figures import facts, item_type, size
from encord_provider.sandbox.page.html import Html, element
from encord_provider.sandbox.page.layout import pairs

_METADATA_SHOWN = 5  # of an item's custom metadata, on its card


def item_card(item: RowMapping) -> Html:
    """Return the card."""
    return element(
        "a",
        picture(item["uuid"]),
        element(
            "div",
            full_name(item),
            element(
                "div",
                type_pill(item),
                element("span", size(item["file_size"]), class_="soft small"),
                class_="line",
            ),
            element("span", " · ".join(facts(item)), class_="soft small"),
            pairs(custom_metadata(item, _METADATA_SHOWN)),
        ),
        class_="card",
        href=f"/items/{item['uuid']}",
    )


def picture(uuid: str) -> Html:
    """Return the thumbnail of an item."""
    image = element("img", src=f"/thumbnails/{uuid}", alt="")
    return element("span", image, class_="picture")


def full_name(item: RowMapping) -> Html:
    """Return an item's name, which often is a path, with its last part standing out."""
    way, slash, last = item["name"].rpartition("/")
    name = element("b", last or item["name"])
    return element("span", element("span", way + slash, class_="way") if way else None, name, class_="name")


def type_pill(item: RowMapping) -> Html:
    """Return the label of an item's type."""
    return element("span", item_type(item["item_type"]), class_="pill type")


def custom_metadata(item: RowMapping, largest: int | None = None) -> dict[str, object]:
    """Return the first keys of an item's custom metadata, nested values as JSON."""
    known: dict[str, object] = json.loads(item["client_metadata"] or "{}")
    shown: dict[str, object] = {key: _written(value) for key, value in list(known.items())[:largest]}
    return shown if len(shown) == len(known) else shown | {"…": f"{len(known) - len(shown)} more"}


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
