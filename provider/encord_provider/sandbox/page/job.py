"""An upload job: how far it has come, and what it refused and why."""

from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox import jobs
from encord_provider.sandbox.jobs import State
from encord_provider.sandbox.page.figures import count_of, item_type, moment
from encord_provider.sandbox.page.html import Html, element, fragment
from encord_provider.sandbox.page.layout import (
    Figure,
    document,
    figures,
    heading,
    pairs,
    panel,
    progress,
    row,
    status,
    table,
)
from encord_provider.sandbox.page.queries import folder_names, refused_units, skipped_units
from encord_provider.sandbox.units import Unit

_REFUSED = 500  # shown at most
_URLS = 2  # of one unit


def job_page(connection: Connection, uuid: str) -> Html:
    """Return the page.

    Raises:
        NotFoundError: There is no such job.

    """
    job = jobs.get(connection, uuid)
    skipped = skipped_units(connection, uuid)
    refused = refused_units(connection, uuid, _REFUSED)
    folder = folder_names(connection, [job["folder_uuid"]]).get(job["folder_uuid"])
    way = [(folder, f"/folders/{job['folder_uuid']}")] if folder else []
    aside = f"the first {len(refused)} of {job['error']:,}" if job["error"] > len(refused) else ""
    return document(
        "Upload job",
        [*way, ("Upload job", None)],
        heading("Upload job", status(job["status"]), f" started {moment(job['created_at'])}"),
        figures(
            Figure(job["done"] - skipped, "item registered", "items registered"),
            Figure(skipped, "there before", "there before"),
            Figure(job["error"], "refused", "refused", bad=True),
            Figure(job["cancelled"], "cancelled", "cancelled"),
            Figure(job["pending"], "pending", "pending"),
        ),
        progress(job),
        panel(
            "Refused units",
            table(("Type", "Object", "Reason"), [_refused(unit) for unit in refused], "refused"),
            aside,
            empty="None.",
        ),
        panel("How it was asked for", pairs(_terms(job))),
        live=job["status"] == State.PENDING,
    )


def _refused(row_of_unit: RowMapping) -> Html:
    unit = Unit.of_row(row_of_unit)
    shown = unit.urls[:_URLS]
    lines = [element("div", element("code", url)) for url in shown]
    if len(unit.urls) > len(shown):
        lines.append(element("div", f"and {len(unit.urls) - len(shown)} more", class_="soft small"))
    return row(
        element("span", item_type(unit.item_type), class_="pill type"),
        fragment([element("div", unit.title), *lines] if unit.title else lines),
        element("span", row_of_unit["error"], class_="reason"),
    )


def _terms(job: RowMapping) -> dict[str, object]:
    terms: dict[str, object] = {
        "Individual errors": "ignored" if job["ignore_errors"] else "end the job",
        "URLs known in the folder": "skipped" if job["skip_duplicate_urls"] else "registered again",
        "Metadata of known URLs": "overwritten" if job["upsert_metadata"] else "left as it is",
        "Manifest": job["file_name"] or "without a file name",
        "Units": count_of(sum(job[state.lower()] for state in State), "unit"),
        "Owner": job["owner"],
        "UUID": element("code", job["uuid"]),
    }
    if job["finished_at"]:
        terms["Finished"] = moment(job["finished_at"])
    return terms
