"""HTML: nothing that a client wrote becomes markup."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from encord_provider.sandbox.page.html import Html, element, fragment


class _Parsed(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and its attributes."""
        self.tags.append(tag)
        self.attributes |= dict(attrs)

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.words += data


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"))


@given(content=texts, value=texts)
def test_any_text_comes_out_of_a_browser_as_it_went_in(content: str, value: str) -> None:
    seen = _Parsed(element("p", content, title=value))

    assert (seen.tags, seen.words, seen.attributes) == (["p"], content, {"title": value})


def test_elements_nest_and_none_leaves_no_trace() -> None:
    made = element("ul", element("li", 1, class_="a"), None, element("li", "<2>", class_=None))

    assert made == '<ul><li class="a">1</li><li>&lt;2&gt;</li></ul>'


def test_an_element_without_content_has_no_end_tag_where_html_has_none() -> None:
    assert element("img", alt="", aria_label="x") == '<img alt="" aria-label="x">'
    assert element("p") == "<p></p>"


def test_a_fragment_is_html_and_is_not_escaped_again() -> None:
    assert element("b", fragment(["<", Html("<br>")])) == "<b>&lt;<br></b>"
