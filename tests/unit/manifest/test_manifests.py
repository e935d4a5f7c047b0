"""The JSON that Encord documents."""

import json

import pytest

from encord_provider.errors import BadManifest
from encord_provider.manifest.external import entry_of
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.manifests import Manifest, digest_of
from encord_provider.manifest.units import Unit

EVERY_KIND = (
    Unit(Kind.AUDIO, "a.wav", ("https://b/a.wav",)),
    Unit(Kind.DICOM_SERIES, "ct/1", ("https://b/1.dcm", "https://b/2.dcm")),
    Unit(Kind.IMAGE_GROUP, "g", ("https://b/1.jpg", "https://b/2.jpg"), client_metadata={"site": "north"}),
    Unit(Kind.IMAGE_SEQUENCE, "s", tuple(f"https://b/{n}.jpg" for n in range(12))),
    Unit(Kind.IMAGE, "żółw.jpg", ("https://b/%C5%BC.jpg",), client_metadata={"a": [1, {"b": None}]}),
    Unit(Kind.NIFTI, "a.nii.gz", ("https://b/a.nii.gz",)),
    Unit(Kind.PDF, "a.pdf", ("https://b/a.pdf",)),
    Unit(Kind.TEXT, "a.txt", ("https://b/a.txt",)),
    Unit(Kind.VIDEO, "a.mp4", ("https://b/a.mp4",)),
    Unit(Kind.TIME_SERIES, "a.csv", ("https://b/a.csv",), settings={"channels": {"x": {"style": "points"}}}),
    Unit(Kind.SCENE, "crossing", (), scene={"url": "https://b/a.pcd", "format": "pcd"}),
)

VIDEO = next(unit for unit in EVERY_KIND if unit.kind is Kind.VIDEO)

FLAGS = b'"skip_duplicate_urls": true, "upsert_metadata": false'


def test_a_manifest_of_every_kind_is_read_back_as_it_was() -> None:
    manifest = Manifest(EVERY_KIND, skip_duplicate_urls=False, upsert_metadata=True)

    read = Manifest.from_json(manifest.to_json())

    assert set(read.units) == set(manifest.units)
    assert (read.skip_duplicate_urls, read.upsert_metadata) == (False, True)
    assert {unit.kind for unit in EVERY_KIND} == set(Kind)


def test_a_video_is_written_as_documented() -> None:
    document = json.loads(Manifest((VIDEO,)).to_json())

    assert document == {
        "videos": [{"title": "a.mp4", "objectUrl": "https://b/a.mp4"}],
        "skip_duplicate_urls": True,
        "upsert_metadata": False,
    }


def test_the_images_of_a_group_are_numbered_keys() -> None:
    assert entry_of(EVERY_KIND[2]) == {
        "title": "g",
        "objectUrl_0": "https://b/1.jpg",
        "objectUrl_1": "https://b/2.jpg",
        "createVideo": False,
        "clientMetadata": {"site": "north"},
    }


def test_a_sequence_is_a_group_that_becomes_a_video_and_keeps_its_order_beyond_ten() -> None:
    document = json.loads(Manifest((EVERY_KIND[3],)).to_json())

    assert document["image_groups"][0]["createVideo"] is True
    assert Manifest.from_json(Manifest((EVERY_KIND[3],)).to_json()).units == (EVERY_KIND[3],)


def test_the_same_units_give_the_same_bytes_and_the_same_name() -> None:
    one, two = Manifest(EVERY_KIND).to_json(), Manifest(EVERY_KIND).to_json()

    assert one == two
    assert digest_of(one) == digest_of(two)


def test_the_name_of_a_manifest_changes_with_any_byte_of_it() -> None:
    content = Manifest(EVERY_KIND).to_json()

    assert digest_of(content) != digest_of(content + b" ")
    assert len(digest_of(content)) == 32


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"videos": 3, %b}' % FLAGS,
        b'{"videos": [3], %b}' % FLAGS,
        b'{"videos": [{}], %b}' % FLAGS,
        b'{"videos": [{"title": "a"}], %b}' % FLAGS,
        b'{"image_groups": [{"title": "a", "objectUrl_0": "u", "objectUrl_2": "u", "createVideo": false}], %b}'
        % FLAGS,
        b'{"image_groups": [{"title": "a", "objectUrl_0": "u"}], %b}' % FLAGS,
        b'{"videos": [{"title": 3, "objectUrl": "u"}], %b}' % FLAGS,
        b'{"videos": [{"title": "a", "objectUrl": 3}], %b}' % FLAGS,
    ],
)
def test_what_is_no_manifest_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(BadManifest, match=r"file:///m\.json") as caught:
        Manifest.from_json(content, "file:///m.json")

    assert caught.value.manifest == "file:///m.json"
