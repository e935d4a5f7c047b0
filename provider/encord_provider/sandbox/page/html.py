"""HTML in which whatever is not HTML is escaped."""

import html
from collections.abc import Iterable

_VOID = frozenset({"br", "img", "link", "meta"})
"""Elements without an end tag."""


class Html(str):
    """Text that is HTML already, and goes into a page as it is."""

    __slots__ = ()


def element(name: str, /, *content: object, **attributes: str | None) -> Html:
    """Return an element.

    Args:
        name: Its tag.
        content: What it contains, in order: :class:`Html` as it is, None as nothing, anything else escaped.
        attributes: Their values, escaped; None leaves the attribute out. ``class_`` stands for ``class``,
            ``aria_label`` for ``aria-label``.

    """
    start = (
        f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items() if value is not None)}>"
    )
    return Html(start if name in _VOID else f"{start}{fragment(content)}</{name}>")


def fragment(content: Iterable[object]) -> Html:
    """Return pieces of content one after the other, by the rules of :func:`element`."""
    return Html("".join(_piece(piece) for piece in content if piece is not None))


def _piece(piece: object) -> str:
    return piece if isinstance(piece, Html) else html.escape(str(piece))


def _attribute(key: str, value: str) -> str:
    return f' {key.rstrip("_").replace("_", "-")}="{html.escape(value)}"'
