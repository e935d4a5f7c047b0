"""From a unit to the item it would be, or to the reason why it is refused."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from encord_provider.sandbox.cloud import Integration, ObjectReader, ObjectUnreadable
from encord_provider.sandbox.inspection import Refused, inspect, inspect_series, inspect_series_tags
from encord_provider.sandbox.kinds import Kind
from encord_provider.sandbox.limits import Limits
from encord_provider.sandbox.registration.draft import FACTS, Draft, Refusal
from encord_provider.sandbox.units import Part, Unit, default_title, file_name

OpenObject = Callable[[Integration | None, str], ObjectReader]

_WHITESPACE = re.compile(r"\s")

_MUST_SUPPLY = {Kind.VIDEO: "videoMetadata", Kind.IMAGE: "imageMetadata", Kind.IMG_GROUP: "imageMetadata"}
"""What a strict client-only integration needs, by Encord's documents; for DICOM it is ``dicomMetadata``."""


class Examiner:
    """Judges units, reading their objects where media metadata is not supplied."""

    def __init__(self, open_object: OpenObject, limits: Limits) -> None:
        self._open_object = open_object
        self._limits = limits

    def examine(self, unit: Unit, integration: Integration | None) -> Draft | Refusal:
        """Return the item that *unit* would be, or why it cannot be one; every refusal is a value, never raised."""
        reason = self._unacceptable(unit, integration)
        if reason is not None:
            return Refusal(reason)
        try:
            return self._draft(unit, integration)
        except Refused as refused:
            return Refusal(refused.reason)
        except ObjectUnreadable as unreadable:
            return Refusal(unreadable.reason)

    def _unacceptable(self, unit: Unit, integration: Integration | None) -> str | None:
        titles = [unit.title, *(part.title for part in unit.parts)]
        if any(title and len(title) > self._limits.title_characters for title in titles):
            return f"The title is longer than {self._limits.title_characters} characters."
        if unit.client_metadata and len(unit.client_metadata.encode()) > self._limits.client_metadata_bytes:
            return f"The custom metadata is larger than {self._limits.client_metadata_bytes} bytes."
        if any(_WHITESPACE.search(part.url) for part in unit.parts):
            return "The object URL contains whitespace."
        if unit.create_video and integration is not None and not integration.can_write:
            return "An image sequence needs write access to the bucket, which the integration does not have."
        if integration is not None and integration.strict_client_only:
            return _not_for_strict(unit)
        return None

    def _draft(self, unit: Unit, integration: Integration | None) -> Draft:
        match unit.kind:
            case Kind.IMG_GROUP:
                return self._group(unit, integration)
            case Kind.IMG_GROUP_FROM_ITEMS:
                return Draft(unit.item_type, unit.name, unit.identity, existing_children=unit.image_items)
            case Kind.DICOM:
                return self._series(unit, integration)
            case Kind.SCENE:
                return self._scene(unit, integration)
            case _:
                return self._single(unit, integration)

    def _single(self, unit: Unit, integration: Integration | None) -> Draft:
        part = unit.parts[0]
        details = {"timeseriesSettings": unit.settings} if unit.settings else {}
        draft = Draft(
            item_type=unit.item_type,
            name=unit.name,
            identity=unit.identity,
            url=part.url,
            facts=self._facts(unit.kind, part, integration),
            details=json.dumps(details),
            e_tag=part.e_tag,
        )
        return replace(draft, uuid=part.placeholder) if part.placeholder else draft

    def _group(self, unit: Unit, integration: Integration | None) -> Draft:
        frames = tuple(_child("image", part, self._facts("IMG", part, integration)) for part in unit.parts)
        first = frames[0].facts
        # Encord resizes the frames of a sequence to the first one; a group has no size of its own
        size = {"width": first.get("width"), "height": first.get("height")} if unit.create_video else {}
        total = sum(frame.facts.get("file_size") or 0 for frame in frames)
        facts = {**size, "frame_count": len(frames), "file_size": total}
        return Draft(unit.item_type, unit.name, unit.identity, facts=facts, children=frames)

    def _series(self, unit: Unit, integration: Integration | None) -> Draft:
        if unit.reads and not (integration is not None and integration.strict_client_only):
            files = [
                (part.title or file_name(part.url), self._open_object(integration, part.url))
                for part in unit.parts
            ]
            found = [_known(asdict(facts)) for facts in inspect_series(files)]
        else:
            tags = [(part.title or file_name(part.url), (part.media or {})["tags"]) for part in unit.parts]
            # nothing was read, so nobody knows how large the files are
            found = [_known(asdict(facts) | {"file_size": None}) for facts in inspect_series_tags(tags)]
        children = tuple(
            _child("dicomFile", part, facts) for part, facts in zip(unit.parts, found, strict=True)
        )
        first = found[0]
        facts = {key: first.get(key) for key in ("dicom_study_uid", "dicom_series_uid", "width", "height")}
        facts["frame_count"] = sum(file.get("frame_count") or 1 for file in found)
        facts["file_size"] = sum(file.get("file_size") or 0 for file in found) or None
        return Draft(unit.item_type, unit.name, unit.identity, facts=_known(facts), children=children)

    def _scene(self, unit: Unit, integration: Integration | None) -> Draft:
        facts = [self._facts(unit.kind, part, integration) for part in unit.parts]
        total = {"file_size": sum(found.get("file_size") or 0 for found in facts)} if facts else {}
        return Draft(
            item_type=unit.item_type,
            name=unit.name,
            identity=unit.identity,
            url=unit.parts[0].url if len(unit.parts) == 1 else None,
            facts=total,
            details=json.dumps({"scene": unit.scene}),
        )

    def _facts(self, kind: str, part: Part, integration: Integration | None) -> Mapping[str, Any]:
        if part.media is not None:
            return part.media
        if integration is not None and integration.strict_client_only:
            return {}
        return _known(asdict(inspect(kind, self._open_object(integration, part.url), file_name(part.url))))


def _not_for_strict(unit: Unit) -> str | None:
    if unit.create_video:
        return "Image sequences are not available with strict client-only access."
    needed = _MUST_SUPPLY.get(unit.kind, "dicomMetadata" if unit.kind is Kind.DICOM else None)
    if needed and unit.reads:
        return f"The integration has strict client-only access: {needed} is required."
    return None


def _child(item_type: str, part: Part, facts: Mapping[str, Any]) -> Draft:
    title = part.title or default_title(part.url)
    draft = Draft(item_type=item_type, name=title, identity=part.url, url=part.url, facts=facts)
    return replace(draft, uuid=part.placeholder) if part.placeholder else draft


def _known(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name in FACTS and value is not None}
