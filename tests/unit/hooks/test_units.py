"""What an operator's arguments say of kinds, groups, titles and metadata."""

import io
from pathlib import Path
from typing import Any

import pytest

from encord_provider.buckets.directory import directory_bucket
from encord_provider.errors import BadPattern, BadTable
from encord_provider.hooks.units import grouping_function, imported, kind_table, open_description
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.units import Unit
from encord_provider.metadata.custom import CustomMetadata
from tests.unit.manifest.listed import listed

A = listed("a.mp4")
UNIT = Unit(Kind.VIDEO, "a.mp4", (A.url,))


def by_directory(key: str) -> tuple[str, str] | None:
    """Group what is below a directory; what a DAG would name by its dotted path."""
    return ("image_group", key.rpartition("/")[0]) if "/" in key else None


def test_endings_and_content_types_extend_the_table() -> None:
    table = kind_table({".frame": "image", "application/x-recording": "video"})

    assert table.kind_of("a.FRAME") is Kind.IMAGE
    assert table.kind_of("a", "application/x-recording; codec=7") is Kind.VIDEO
    assert table.kind_of("a.mp4") is Kind.VIDEO


@pytest.mark.parametrize(
    ("kinds", "problem"),
    [
        ({".frame": "picture"}, r"kinds='.frame': no kind is named 'picture'; there are video, "),
        ({"frame": "image"}, r"kinds='frame': it is neither an ending with its dot nor a content type"),
    ],
)
def test_a_wrong_entry_says_what_there_is(kinds: dict[str, str], problem: str) -> None:
    with pytest.raises(BadPattern, match=problem):
        kind_table(kinds)


@pytest.mark.parametrize("given", [by_directory, f"{__name__}.by_directory", f"{__name__}:by_directory"])
def test_keys_are_grouped_by_a_function_or_by_its_dotted_path(given: Any) -> None:  # noqa: ANN401 - either
    place = grouping_function(given)

    assert place is not None
    assert place("x/1") == (Kind.IMAGE_GROUP, "x")
    assert place("1") is None


def test_a_function_that_names_no_kind_is_refused_with_the_key() -> None:
    place = grouping_function(lambda key: ("pictures", key))

    assert place is not None
    with pytest.raises(BadPattern, match="group_by='x/1': no kind is named 'pictures'"):
        place("x/1")


@pytest.mark.parametrize(
    "name", ["no_such_module.function", "encord_provider.errors.no_such", "json", "not a path"]
)
def test_a_dotted_path_to_nothing_is_refused(name: str) -> None:
    with pytest.raises(BadPattern, match="group_by"):
        imported("group_by", name)


@pytest.mark.parametrize(
    ("path", "title", "problem"),
    [
        (None, "{name}", "title='{name}': it is made of the parts of path=, which is not given"),
        ("{site}/{site}", None, "path='{site}/{site}': not a regular expression"),
        ("{site}/{name}", "{camera}", "path='{site}/{name}': it has no group named camera"),
        (r"(?P<site>[^/]+", None, r"path='.*': not a regular expression"),
    ],
)
def test_a_path_or_title_that_cannot_be_used_says_why(
    path: str | None, title: str | None, problem: str
) -> None:
    with pytest.raises(BadPattern, match=problem.replace("{", r"\{")):
        open_description(path, title, CustomMetadata(), directory_bucket("/"), None)


def test_metadata_from_the_path_needs_one() -> None:
    with pytest.raises(BadPattern, match="path= is not given"):
        open_description(None, None, CustomMetadata(path=True), directory_bucket("/"), None)


def metadata_of(table: Path, custom: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what a table says of an object."""
    metadata = CustomMetadata(table=table.as_uri(), **custom or {})
    description = open_description(None, None, metadata, directory_bucket("/"), None)
    return dict(description.sources[0](UNIT, (A,)))


def test_tables_of_all_three_forms_are_joined_by_key(tmp_path: Path) -> None:
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - it ships no types
    import pyarrow.parquet as pq  # type: ignore[import-untyped]  # noqa: PLC0415 - the same

    csv, lines, parquet = (tmp_path / f"t.{ending}" for ending in ("csv", "jsonl", "parquet"))
    csv.write_text("key,speed\na.mp4,7\nb.mp4,8\n")
    lines.write_text('{"key": "a.mp4", "speed": 7}\n')
    out = io.BytesIO()
    pq.write_table(pa.table({"file": ["a.mp4"], "speed": [7]}), out)
    parquet.write_bytes(out.getvalue())

    assert metadata_of(csv, {"types": {"speed": "number"}}) == {"speed": 7}
    assert metadata_of(lines) == {"speed": 7}
    assert metadata_of(parquet, {"table_key": "file"}) == {"speed": 7}


def test_a_broken_table_or_schema_fails_before_anything_is_listed(tmp_path: Path) -> None:
    table, schema = tmp_path / "t.csv", tmp_path / "s.yaml"
    table.write_text("key,site\na.mp4,north\na.mp4,south\n")
    schema.write_text("keys: {site: nonsense}")

    with pytest.raises(BadTable, match=r"an earlier line of .* has another 'site'"):
        metadata_of(table)
    with pytest.raises(BadTable, match="no type is named 'nonsense'"):
        open_description(None, None, CustomMetadata(schema=schema.as_uri()), directory_bucket("/"), None)


def test_the_schema_is_the_declaration_that_keeps_the_organisations_schema(tmp_path: Path) -> None:
    schema = tmp_path / "s.yaml"
    schema.write_text("keys: {speed: number}")

    description = open_description(
        None, None, CustomMetadata(schema=schema.as_uri()), directory_bucket("/"), None
    )

    assert description.schema is not None
    assert list(description.schema.problems({"speed": "fast"})) == ["'speed': 'fast' is not a number"]
