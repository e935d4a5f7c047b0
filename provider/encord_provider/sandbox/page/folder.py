"""A folder: its subfolders, its items as a grid, its upload jobs."""

import json
from urllib.parse import urlencode

from sqlalchemy import Connection, RowMapping

from encord_provider.sandbox import folders, items, jobs
from encord_provider.sandbox.folders import FolderQuery
from encord_provider.sandbox.items import ItemQuery
from encord_provider.sandbox.jobs import State
from encord_provider.sandbox.page.figures import item_counts, size
from encord_provider.sandbox.page.html import Html, element
from encord_provider.sandbox.page.item_card import item_card
from encord_provider.sandbox.page.job_list import job_list
from encord_provider.sandbox.page.layout import Crumb, document, heading, panel, row, table
from encord_provider.sandbox.page.queries import Contents, contents_of, count_jobs

_SUBFOLDERS = 200
_ITEMS = 60
_JOBS = 10


def folder_page(connection: Connection, uuid: str, token: str | None = None) -> Html:
    """Return the page whose grid begins at *token*.

    Raises:
        ForbiddenError: There is no such folder.
        InvalidError: The token is none.

    """
    folder = folders.get(connection, uuid)
    below = folders.below(connection, uuid, FolderQuery(page_size=_SUBFOLDERS), _SUBFOLDERS)
    found = items.page(connection, uuid, ItemQuery(page_size=_ITEMS, page_token=token), _ITEMS)
    recent = jobs.recent(connection, folder_uuid=uuid, limit=_JOBS)
    return document(
        folder["name"],
        [*folder_crumbs(connection, folder)[:-1], (folder["name"], None)],
        heading(folder["name"], *_under(folder, contents_of(connection, uuid))),
        panel("Folders", table((), [_subfolder(child) for child in below.rows], "tree"))
        if below.rows
        else None,
        element("div", *(item_card(item) for item in found.rows), class_="grid") if found.rows else None,
        _more(uuid, found.next_page_token),
        job_list(connection, recent, count_jobs(connection, uuid)),
        live=any(job["status"] == State.PENDING for job in recent),
    )


def folder_crumbs(connection: Connection, folder: RowMapping) -> list[Crumb]:
    """Return the way from the start page to a folder, the folder included."""
    way = reversed(folders.path_to_root(connection, folder))
    return [(step["name"], f"/folders/{step['uuid']}") for step in way]


def _under(folder: RowMapping, held: Contents) -> list[object]:
    told: list[object] = ["Nothing in it yet"]
    if held.items:
        told = [f"{item_counts(held.items)} · {size(held.size)}"]
    if folder["description"]:
        told = [folder["description"], element("br"), *told]
    if folder["remote_url"]:
        told += [element("br"), "Synced from ", element("code", folder["remote_url"])]
    if folder["client_metadata"] and (metadata := json.loads(folder["client_metadata"])):
        told += [element("br"), element("code", json.dumps(metadata, ensure_ascii=False))]
    return told


def _subfolder(child: RowMapping) -> Html:
    return row(
        element("a", child["name"], href=f"/folders/{child['uuid']}"),
        element("span", child["description"], class_="soft"),
    )


def _more(uuid: str, token: str | None) -> Html | None:
    if token is None:
        return None
    return element("a", "More items", href=f"/folders/{uuid}?{urlencode({'after': token})}", class_="more")
