"""Our units in the SDK's typed form."""

import pytest
from encord.orm.storage import DataUploadItems

from encord_provider.encord_api.items import upload_items
from encord_provider.manifest.kinds import GROUPED, Kind
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.units import Unit

METADATA = {"site": "north", "n": [1, None]}


def unit(kind: Kind) -> Unit:
    """Return a unit of *kind*, of three objects where it may have several."""
    if kind is Kind.SCENE:
        scene = {"url": "https://b/0", "format": "pcd"}
        return Unit(kind, f"a {kind}", (), scene=scene, client_metadata=METADATA)
    urls = tuple(f"https://b/{n}" for n in range(3 if kind in GROUPED else 1))
    return Unit(kind, f"a {kind}", urls, client_metadata=METADATA)


def sent(items: DataUploadItems) -> dict[str, list[dict[str, object]]]:
    """Return what goes over the wire, without the lists that are empty."""
    lists = items.model_dump(mode="json", by_alias=True)
    return {name: value for name, value in lists.items() if isinstance(value, list) and value}


@pytest.mark.parametrize("kind", Kind)
def test_a_unit_of_any_kind_is_sent_once_with_title_urls_and_metadata(kind: Kind) -> None:
    ((only,),) = sent(upload_items(Manifest((unit(kind),)))).values()

    text = str(only)
    assert [text.count(f"'https://b/{n}'") for n in range(3)] == ([1, 1, 1] if kind in GROUPED else [1, 0, 0])
    assert f"'a {kind}'" in text
    assert METADATA in only.values()


def test_objects_of_a_unit_keep_their_order() -> None:
    urls = tuple(f"https://b/{n}" for n in (10, 2, 33, 4))
    units = tuple(Unit(kind, kind, urls) for kind in sorted(GROUPED))

    items = upload_items(Manifest(units))

    assert [image.url for group in items.image_groups for image in group.images] == [*urls, *urls]
    assert [file.url for series in items.dicom_series for file in series.dicom_files] == [*urls]


def test_a_sequence_becomes_a_video_and_a_group_does_not() -> None:
    items = upload_items(Manifest((unit(Kind.IMAGE_SEQUENCE), unit(Kind.IMAGE_GROUP))))

    assert {group.title: group.create_video for group in items.image_groups} == {
        "a image_group": False,
        "a image_sequence": True,
    }


@pytest.mark.parametrize("flags", [(True, False), (True, True), (False, False)])
def test_the_flags_of_the_manifest_are_sent(flags: tuple[bool, bool]) -> None:
    items = upload_items(Manifest((unit(Kind.VIDEO),), *flags))

    assert (items.skip_duplicate_urls, items.upsert_metadata) == flags


def test_a_manifest_of_all_kinds_is_sent_whole() -> None:
    items = upload_items(Manifest(tuple(unit(kind) for kind in Kind)))

    assert sum(len(entries) for entries in sent(items).values()) == len(Kind)
