"""What a folder in Encord already holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from encord_provider.encord_api.api import EncordApi
from encord_provider.manifest.kinds import GROUPED


@dataclass(frozen=True)
class FolderIndex:
    """The items of a folder, by URL for single objects and by name for groups, which have no URL of their own."""

    api: EncordApi
    by_url: dict[str, str]
    by_name: dict[str, list[str]]

    @classmethod
    def read(cls, api: EncordApi, folder_uuid: str) -> Self:
        """List the folder."""
        by_url: dict[str, str] = {}
        by_name: dict[str, list[str]] = {}
        for item in api.items(folder_uuid):
            if item.url:
                by_url[item.url] = item.uuid
            else:
                by_name.setdefault(item.name, []).append(item.uuid)
        return cls(api, by_url, by_name)

    def item_of(self, kind: str, title: str, urls: Sequence[str]) -> str | None:
        """Return the UUID of the item that a unit became, if the folder holds it.

        Groups of other buckets may have the same name, so a group is recognised by its members' URLs.
        """
        if kind not in GROUPED:
            return self.by_url.get(urls[0])
        candidates = self.by_name.get(title, ())
        return next((uuid for uuid in candidates if self.api.member_urls(uuid) == set(urls)), None)
