"""How a ledger's tables are made and brought up to date."""

import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from packaging.version import Version
from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from encord_provider.errors import BadLedger, LedgerTooNew
from encord_provider.ledger.engine import engine_of
from encord_provider.ledger.ledger import Ledger
from encord_provider.ledger.migrations.migrate import OPTIONS, config_of
from encord_provider.ledger.schema import VERSION, VERSION_TABLE, version_of
from encord_provider.ledger.tables import metadata
from tests.unit.ledger.steps import Steps
from tests.unit.ledger.together import open_ledger, together
from tests.unit.manifest.listed import listed


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """Reach the place of a ledger without making one."""
    engine = engine_of(url)
    yield engine
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_knows(url: str, engine: Engine) -> None:
    Ledger(url).close()

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=OPTIONS)
        assert compare_metadata(context, metadata) == []


def test_a_table_that_the_migrations_do_not_make_would_be_found(url: str, engine: Engine) -> None:
    Ledger(url).close()
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX objects_by_manifest"))

    with engine.connect() as connection:
        ((change, index),) = compare_metadata(MigrationContext.configure(connection, opts=OPTIONS), metadata)
    assert (change, index.name) == ("add_index", "objects_by_manifest")


def test_the_newest_migration_is_the_one_that_the_code_asks_for() -> None:
    with create_engine("sqlite://").connect() as connection:
        scripts = ScriptDirectory.from_config(config_of(connection))

    assert scripts.get_current_head() == VERSION
    assert all(
        Version(script.revision) <= Version(version("airflow-provider-encord"))
        for script in scripts.walk_revisions()
    )


def test_a_ledger_that_is_up_to_date_is_opened_by_one_query(file: str) -> None:
    Ledger(file).close()
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        Ledger(file).close()
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert [statement.split() for statement in asked] == [
        ["BEGIN"],
        ["SELECT", "version_num", "FROM", VERSION_TABLE],
    ]


def test_a_ledger_that_is_up_to_date_does_not_load_alembic(url: str) -> None:
    Ledger(url).close()
    program = (
        "import sys; from encord_provider.ledger.ledger import Ledger; "
        "Ledger(sys.argv[1]).close(); print('alembic' in sys.modules)"
    )

    said = subprocess.run([sys.executable, "-c", program, url], check=True, capture_output=True, text=True)

    assert said.stdout == "False\n"


def test_eight_processes_that_open_a_new_ledger_at_once_make_one(url: str, engine: Engine) -> None:
    assert together(open_ledger, url) == ("", 0)

    assert version_of(engine) == VERSION


def test_a_ledger_of_a_later_version_is_left_alone_and_says_which_version_it_needs(
    url: str, engine: Engine
) -> None:
    with Ledger(url) as ledger:
        Steps(ledger).register("run", listed("a.mp4"))
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9.9.9'"))  # noqa: S608 - ours

    with pytest.raises(LedgerTooNew, match=r"airflow-provider-encord>=9\.9\.9") as caught:
        Ledger(url)

    assert (caught.value.needed, caught.value.installed) == ("9.9.9", VERSION)
    assert version_of(engine) == "9.9.9"


def test_tables_without_a_version_that_are_those_of_this_version_are_taken_over(
    url: str, engine: Engine
) -> None:
    with engine.begin() as connection:
        metadata.create_all(connection)

    with Ledger(url) as ledger:
        Steps(ledger).register("run", listed("a.mp4"))

    assert version_of(engine) == VERSION


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_a_table_of_another_application_is_left_alone(url: str, engine: Engine, name: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {name} (theirs INTEGER)"))

    with pytest.raises(BadLedger, match="a database or schema of its own"):
        Ledger(url)

    assert inspect(engine).get_table_names() == [name]


def test_tables_of_other_names_do_not_disturb(url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id INTEGER)"))

    Ledger(url).close()

    assert version_of(engine) == VERSION


def test_a_migration_that_fails_leaves_nothing_behind(url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
        connection.execute(text("CREATE INDEX run_objects_by_object ON theirs (id)"))

    with pytest.raises(DBAPIError, match="run_objects_by_object"):
        Ledger(url)

    assert inspect(engine).get_table_names() == ["theirs"]
