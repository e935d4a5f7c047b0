"""A manifest and its file are the same thing."""

import contextlib
import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from encord_provider.errors import BadManifest
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.units import Unit
from tests.property.strategies import json_values, units

MANIFESTS = st.builds(
    Manifest,
    st.lists(units(), max_size=6).map(tuple),
    skip_duplicate_urls=st.booleans(),
    upsert_metadata=st.booleans(),
)


def told(manifest: Manifest) -> list[Unit]:
    """Return what a file tells of the units: everything but the size of their media, in any order."""
    units_told = [replace(unit, size=0) for unit in manifest.units]
    return sorted(
        units_told, key=lambda u: (u.kind, u.title, u.urls, json.dumps(u.client_metadata, sort_keys=True))
    )


@given(MANIFESTS)
def test_any_manifest_is_read_back_from_its_file(manifest: Manifest) -> None:
    read = Manifest.from_json(manifest.to_json())

    assert told(read) == told(manifest)
    assert (read.skip_duplicate_urls, read.upsert_metadata) == (
        manifest.skip_duplicate_urls,
        manifest.upsert_metadata,
    )


@given(MANIFESTS)
def test_the_file_is_json_that_a_stranger_can_read(manifest: Manifest) -> None:
    document = json.loads(manifest.to_json())

    listed = [entry for value in document.values() if isinstance(value, list) for entry in value]
    assert len(listed) == len(manifest.units)


@given(st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_other_file_is_refused_and_never_a_crash(content: bytes) -> None:
    with contextlib.suppress(BadManifest):
        Manifest.from_json(content, "m.json")
