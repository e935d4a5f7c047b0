"""Upload jobs as a list, for the pages that show several."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox.page.figures import count_of, moment
from encord_provider.sandbox.page.html import Html, element
from encord_provider.sandbox.page.layout import panel, progress, row, status, table
from encord_provider.sandbox.page.queries import folder_names

_COLUMNS = ("Upload job", "Folder", "Status", "Progress", "Done#", "Refused#", "Pending#")


def job_list(connection: Connection, shown: Sequence[RowMapping], total: int) -> Html:
    """Return a panel of jobs, of which there are *total*."""
    names = folder_names(connection, (job["folder_uuid"] for job in shown))
    rows = [_job(job, names.get(job["folder_uuid"])) for job in shown]
    aside = count_of(total, "job") if total == len(shown) else f"the newest {len(shown)} of {total:,}"
    return panel("Upload jobs", table(_COLUMNS, rows), aside, empty="No upload job yet.")


def _job(job: RowMapping, folder: str | None) -> Html:
    into = element("span", "deleted", class_="soft")
    if folder is not None:
        into = element("a", folder, href=f"/folders/{job['folder_uuid']}")
    return row(
        element("a", moment(job["created_at"]), href=f"/jobs/{job['uuid']}", class_="nowrap"),
        into,
        status(job["status"]),
        progress(job),
        job["done"],
        element("div", f"{job['error']:,}", class_="number reason" if job["error"] else "number"),
        job["pending"],
    )
