"""Fates, transitions and tables are in the reference, as the code has them."""

import pytest
from sqlalchemy import Table

from encord_provider.ledger.fates import FOLLOWS
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.tables import metadata
from tests.docs.pages import Page, all_pages, code, first_code

REFERENCE = "reference/ledger"


def test_every_fate_is_documented_with_what_may_follow() -> None:
    rows = Page.read(REFERENCE).under("Fates").table()

    assert {code(row[0])[0]: set(code(row[2])) for row in rows} == {
        fate.value: {after.value for after in follows} for fate, follows in FOLLOWS.items()
    }


@pytest.mark.parametrize("table", metadata.tables.values(), ids=lambda table: table.name)
def test_every_column_is_documented_in_order(table: Table) -> None:
    rows = Page.read(REFERENCE).under(table.name).table()

    assert first_code(rows) == table.columns.keys()
    assert all(row[1] for row in rows), "a column is not explained"


def test_no_table_is_documented_that_is_not_there() -> None:
    assert Page.read(REFERENCE).under("Tables").headings() == list(metadata.tables)


@pytest.mark.parametrize("query", [block.code for page in all_pages() for block in page.blocks("sql")])
def test_every_query_on_the_pages_runs(query: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("ledger")
    with Ledger(f"sqlite:///{directory / 'ledger.db'}") as ledger, ledger.transaction() as connection:
        for statement in filter(str.strip, query.split(";")):
            assert connection.exec_driver_sql(statement).all() == []
