"""What the guides list: kinds of files, arguments that group them, types of columns."""

from typing import get_args

from encord_provider.manifest.kinds import EXTENSIONS
from encord_provider.metadata.table import ColumnType
from tests.docs.pages import Page, code, first_code


def test_every_file_ending_is_listed_with_its_kind() -> None:
    rows = Page.read("guides/units").under("What a file is").table()

    listed = {ending: row[0] for row in rows for ending in code(row[1])}
    assert listed == {ending: kind.value for ending, kind in EXTENSIONS.items()}


def test_every_type_of_a_column_is_listed() -> None:
    rows = Page.read("guides/metadata").under("The table").table()

    assert first_code(rows) == list(get_args(ColumnType))
