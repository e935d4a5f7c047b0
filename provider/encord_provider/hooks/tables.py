"""A table that a DAG names, as metadata by key."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import BaseHook

from encord_provider.errors import BadConnection, BadTable
from encord_provider.hooks.buckets import open_source

if TYPE_CHECKING:
    from encord_provider.metadata.table import ColumnType


def table_at(
    uri: str, conn_id: str | None, key: str, types: "Mapping[str, ColumnType] | None" = None
) -> dict[str, dict[str, Any]]:
    """Read a CSV, JSON-lines or Parquet file, by the value of its column *key*.

    Raises:
        BadTable: Everything that is wrong with it.
        MissingExtra: It is a Parquet file, and PyArrow is not installed.

    """
    from encord_provider.manifest.annotation import read_parquet
    from encord_provider.metadata.table import read_table

    source = open_source(uri, conn_id)
    content = source.bucket.read(source.prefix)
    if uri.lower().endswith(".parquet"):
        return read_parquet(uri, content, key)
    return read_table(uri, content, key, types)


def table_of_query(sql: str, conn_id: str, key: str) -> dict[str, dict[str, Any]]:
    """Ask the database of an Airflow connection, and return its rows by the value of their column *key*.

    Raises:
        BadConnection: The connection is not one of a database.
        BadTable: Everything that is wrong with the rows.

    """
    from airflow.providers.common.sql.hooks.sql import DbApiHook

    from encord_provider.manifest.annotation import rows_by_key

    hook = BaseHook.get_connection(conn_id).get_hook()
    if not isinstance(hook, DbApiHook):
        raise BadConnection(conn_id, f"{type(hook).__name__} does not speak SQL")
    rows = hook.get_records(sql)
    columns = [str(column[0]) for column in hook.last_description or ()]
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise BadTable(f"of {conn_id}", [f"two columns are named {column!r}" for column in twice])
    return rows_by_key(f"of {conn_id}", (dict(zip(columns, row, strict=True)) for row in rows), key)
