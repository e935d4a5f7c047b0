"""Units to a file, one after another, in lists that are written side by side."""

import io
import json
from collections.abc import Iterator

import pytest

from encord_provider.errors import BadManifest
from encord_provider.manifest import json_writer
from encord_provider.manifest.json_reader import JsonReader
from encord_provider.manifest.json_writer import Dialect, Flags, write_json
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.manifests import digest_of
from encord_provider.manifest.units import Unit

KINDS = (Kind.IMAGE, Kind.VIDEO, Kind.DICOM_SERIES)


def in_turn(count: int) -> Iterator[Unit]:
    """Yield units of several kinds in turn."""
    for number in range(count):
        yield Unit(KINDS[number % len(KINDS)], f"{number} ż", (f"https://b/{number}",))


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("in_memory", [4 * 1024 * 1024, 1000])
def test_many_units_of_several_kinds_in_turn_are_all_read_back(
    monkeypatch: pytest.MonkeyPatch, dialect: Dialect, in_memory: int
) -> None:
    monkeypatch.setattr(json_writer, "_IN_MEMORY", in_memory)  # lists that wait go to disk, or do not
    out = io.BytesIO()

    written = write_json(in_turn(4000), out, dialect=dialect)

    units = [reading.unit for reading in JsonReader(io.BytesIO(out.getvalue()), Limits())]
    assert units == sorted(in_turn(4000), key=lambda unit: KINDS.index(unit.kind))
    assert (written.units, written.size) == (4000, len(out.getvalue()))
    assert written.digest == digest_of(out.getvalue())


def test_flags_that_are_known_at_the_end_are_asked_for_at_the_end() -> None:
    known: list[Flags] = []

    def units() -> Iterator[Unit]:
        yield from in_turn(2)
        known.append(Flags(skip_duplicate_urls=False, upsert_metadata=True))

    out = io.BytesIO()
    write_json(units(), out, lambda: known[0])

    document = json.loads(out.getvalue())
    assert (document["skip_duplicate_urls"], document["upsert_metadata"]) == (False, True)


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, "\ud800"])
def test_what_json_cannot_say_is_refused_by_the_name_of_its_unit_and_never_written_as_null(
    dialect: Dialect, value: object
) -> None:
    unit = Unit(Kind.IMAGE, "a.jpg", ("https://b/a.jpg",), client_metadata={"k": value})

    with pytest.raises(BadManifest, match=r"fleet: 1 faults"):
        write_json([unit], io.BytesIO(), dialect=dialect, name="fleet")
