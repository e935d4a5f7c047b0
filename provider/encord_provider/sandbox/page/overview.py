"""The start page: folders, upload jobs, datasets."""

from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox import jobs
from encord_provider.sandbox.jobs import State
from encord_provider.sandbox.page.figures import item_counts, moment, size
from encord_provider.sandbox.page.html import Html, element
from encord_provider.sandbox.page.job_list import job_list
from encord_provider.sandbox.page.layout import Figure, document, figures, heading, panel, row, table
from encord_provider.sandbox.page.queries import FolderNode, datasets_with_rows, folder_tree, totals

_FOLDERS = 500  # shown at most, as are
_JOBS = 25
_DATASETS = 100
_DEEPEST = 5  # steps of indentation


def overview(connection: Connection) -> Html:
    """Return the page."""
    counts = totals(connection)
    recent = jobs.recent(connection, limit=_JOBS)
    tree = [_folder(node) for node in folder_tree(connection, _FOLDERS)]
    known = [_dataset(dataset) for dataset in datasets_with_rows(connection, _DATASETS)]
    return document(
        "Overview",
        [],
        heading("Overview", "What clients have made and registered here."),
        figures(
            Figure(counts.folders, "folder"),
            Figure(counts.items, "item"),
            Figure(counts.data_rows, "data row"),
            Figure(counts.jobs, "upload job"),
            Figure(counts.refused_units, "refused unit", bad=True),
        ),
        panel("Folders", table(("Name", "Contents", "Size#"), tree, "tree"), empty="No folder yet."),
        job_list(connection, recent, counts.jobs),
        panel("Datasets", table(("Title", "Last edited", "Data rows#"), known), empty="No dataset yet."),
        live=any(job["status"] == State.PENDING for job in recent),
    )


def _folder(node: FolderNode) -> Html:
    uuid, held = node.folder["uuid"], node.contents
    return row(
        element("a", node.folder["name"], href=f"/folders/{uuid}"),
        item_counts(held.items) or element("span", "empty", class_="soft"),
        element("div", size(held.size) if held.items else "", class_="number"),
        class_=f"d{min(node.depth, _DEEPEST)}",
    )


def _dataset(dataset: RowMapping) -> Html:
    return row(
        element("a", dataset["title"], href=f"/datasets/{dataset['uuid']}"),
        element("span", moment(dataset["last_edited_at"]), class_="soft nowrap"),
        dataset["row_count"],
    )
