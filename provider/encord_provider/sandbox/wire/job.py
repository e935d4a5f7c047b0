"""Upload jobs on the wire."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox import jobs
from encord_provider.sandbox.kinds import WORDS, Kind


def job(connection: Connection, row: RowMapping) -> dict[str, Any]:
    """Return a job of a folder as the v2 API shows it."""
    items = [
        {"itemUuid": unit["item_uuid"], "name": unit["item_name"]}
        for unit in jobs.registered_units(connection, row["uuid"])
    ]
    refused = jobs.refused_units(connection, row["uuid"])
    return _progress(connection, row, refused) | {
        "itemsWithNames": items,
        "unitErrors": [_unit_error(unit) for unit in refused],
        "fileName": row["file_name"],
    }


def dataset_job(connection: Connection, row: RowMapping) -> dict[str, Any]:
    """Return a job of a dataset as the legacy API shows it."""
    rows = [
        {"dataHash": unit["data_row_uuid"], "title": unit["item_name"], "backingItemUuid": unit["item_uuid"]}
        for unit in jobs.registered_units(connection, row["uuid"])
    ]
    refused = jobs.refused_units(connection, row["uuid"])
    return _progress(connection, row, refused) | {
        "dataHashesWithTitles": rows,
        "dataUnitErrors": [_unit_error(unit) for unit in refused],
    }


def _progress(connection: Connection, row: RowMapping, refused: Sequence[RowMapping]) -> dict[str, Any]:
    return {
        "status": row["status"],
        "errors": [*jobs.errors(connection, row["uuid"]), *(unit["error"] for unit in refused)],
        "unitsPendingCount": row["pending"],
        "unitsDoneCount": row["done"],
        "unitsErrorCount": row["error"],
        "unitsCancelledCount": row["cancelled"],
    }


def _unit_error(unit: RowMapping) -> dict[str, Any]:
    content = json.loads(unit["content"])
    action = WORDS[Kind(unit["kind"])].action
    return {
        "objectUrls": [part["url"] for part in content.get("parts", ())],
        "error": unit["error"],
        "subtaskUuid": unit["uuid"],
        "actionDescription": "Creating image sequence" if content.get("create_video") else action,
    }
