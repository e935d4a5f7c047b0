"""The commands on manifests, as a person at a terminal runs them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from encord_provider.cli.command import CLEAN, FAULTY, UNUSABLE
from encord_provider.cli.main import main
from encord_provider.cli.manifest import COMMANDS
from encord_provider.manifest.json_writer import Dialect
from encord_provider.manifest.manifests import Manifest
from tests.unit.manifest.every_kind import DOCUMENTED, TYPED

HOST = "https://fleet.s3.eu-west-1.amazonaws.com"

GOOD = {"title": "good", "objectUrl": f"{HOST}/a.mp4"}
BAD = {"title": "bad", "objectUrl": f"{HOST}/a b.mp4"}
MENDED = {"title": "mended", "objectUrl": f"{HOST}/b.mp4", "colour": "red"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a manifest of a good video, a bad one and one with a key too many."""
    path = tmp_path / "fleet.json"
    path.write_text(json.dumps({"videos": [GOOD, BAD, MENDED], "skip_duplicate_urls": True}, indent=1))
    return path


def titles(path: Path) -> list[str]:
    """Return the titles in a manifest."""
    return [unit.title for unit in Manifest.from_json(path.read_bytes()).units]


def test_check_tells_every_fault_with_place_rule_source_and_remedy(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["manifest", "check", str(file)]) == FAULTY

    told, summed_up = capsys.readouterr()
    error, mended = told.splitlines()
    assert error.startswith("error: line 7, videos[1]: bad: white space in ")
    assert "percent-encode it [URL white space: docs.encord.com" in error
    assert mended.startswith("mended: line 11, videos[2]: mended: ")
    assert "units: 2, kept apart: 1" in summed_up


def test_faults_can_be_read_by_machines(file: Path, tmp_path: Path) -> None:
    faults = tmp_path / "faults.jsonl"

    main(["manifest", "check", str(file), "--faults", str(faults)])

    first, second = map(json.loads, faults.read_text().splitlines())
    assert (first["rule"], first["path"], first["line"], first["severity"]) == (
        "URL white space",
        "videos[1]",
        7,
        "error",
    )
    assert first["source"]
    assert first["remedy"]
    assert second["severity"] == "mended"


def test_a_clean_manifest_is_told_by_the_exit_code(tmp_path: Path) -> None:
    path = tmp_path / "every.json"
    path.write_bytes(Manifest(DOCUMENTED).to_json())

    assert main(["manifest", "check", str(path), "--strict"]) == CLEAN


def test_convert_keeps_the_good_and_leaves_the_faulty_apart(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"

    assert main(["manifest", "convert", str(file), str(out)]) == FAULTY
    assert titles(out) == ["good", "mended"]


@pytest.mark.parametrize("command", ["convert", "split"])
def test_strict_writes_nothing_of_a_manifest_with_a_fault(file: Path, tmp_path: Path, command: str) -> None:
    out = tmp_path / "out"

    assert main(["manifest", command, str(file), str(out), "--strict"]) == FAULTY
    assert not out.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fleet.json"]


def test_a_manifest_goes_through_every_form_and_comes_back(tmp_path: Path) -> None:
    source, typed, back = (tmp_path / name for name in ("a.json", "b.json", "c.json"))
    source.write_bytes(Manifest(DOCUMENTED, skip_duplicate_urls=False, upsert_metadata=False).to_json())

    assert main(["manifest", "convert", str(source), str(typed), "--to", "typed"]) == CLEAN
    assert main(["manifest", "convert", str(typed), str(back)]) == CLEAN

    assert back.read_bytes() == source.read_bytes()
    assert "imageGroupsFromItems" in json.loads(typed.read_text())


def test_what_a_form_has_no_place_for_is_refused_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "a.json", tmp_path / "b.csv"
    source.write_bytes(Manifest(DOCUMENTED).to_json())

    assert main(["manifest", "convert", str(source), str(out), "--to", "csv"]) == UNUSABLE

    assert "a CSV has no place for" in capsys.readouterr().err
    assert not out.exists()


def test_split_writes_manifests_that_concatenate_to_the_whole_and_again_the_same(tmp_path: Path) -> None:
    source, parts = tmp_path / "a.json", tmp_path / "parts"
    manifest = Manifest(TYPED)
    source.write_bytes(manifest.to_json(Dialect.TYPED))
    arguments = ["manifest", "split", str(source), str(parts), "--units", "4", "--to", "typed"]

    assert main(arguments) == CLEAN

    files = sorted(parts.iterdir())
    lengths = [len(Manifest.from_json(path.read_bytes()).units) for path in files]
    assert set(lengths[:-1]) == {4}
    assert sum(lengths) == len(TYPED)
    told = sorted(
        (unit for path in files for unit in Manifest.from_json(path.read_bytes()).units),
        key=lambda unit: unit.title,
    )
    assert told == sorted(manifest.units, key=lambda unit: unit.title)
    before = [path.read_bytes() for path in files]
    assert main(arguments) == CLEAN
    assert [path.read_bytes() for path in sorted(parts.iterdir())] == before


def test_split_says_why_it_cannot_keep_to_the_most(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "a.json"
    source.write_bytes(Manifest(DOCUMENTED).to_json())

    code = main(
        ["manifest", "split", str(source), str(tmp_path / "p"), "--units", "1", "--max-manifests", "3"]
    )

    assert code == UNUSABLE
    assert "the limit of 1 units" in capsys.readouterr().err


def test_a_csv_is_checked_and_converted_as_well(tmp_path: Path) -> None:
    source, out = tmp_path / "a.csv", tmp_path / "a.json"
    source.write_text(f"ObjectUrl\r\n{HOST}/a.mp4\r\n")

    assert main(["manifest", "convert", str(source), str(out)]) == CLEAN
    assert titles(out) == ["a.mp4"]


def test_custom_metadata_are_checked_against_a_schema(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema, source = tmp_path / "schema.json", tmp_path / "a.json"
    schema.write_text(json.dumps({"night": {"ty": "variant", "hint": "boolean"}}))
    entry: dict[str, Any] = {**GOOD, "clientMetadata": {"night": "yes"}}
    source.write_text(json.dumps({"videos": [entry], "skip_duplicate_urls": True}))

    assert main(["manifest", "check", str(source)]) == CLEAN
    assert main(["manifest", "check", str(source), "--schema", str(schema)]) == FAULTY
    assert "'night': 'yes' is neither true nor false" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["absent.json", "."])
def test_a_file_that_cannot_be_read_is_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(["manifest", "check", str(tmp_path / name)]) == UNUSABLE
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_commands_need_neither_airflow_nor_the_sdk(file: Path) -> None:
    code = (
        "import sys\n"
        "for name in ('airflow', 'encord', 'sqlalchemy', 'obstore', 'pydantic'): sys.modules[name] = None\n"
        "from encord_provider.cli.main import main\n"
        f"sys.exit(main(['manifest', 'check', {str(file)!r}]))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == FAULTY, done.stderr
    assert "kept apart: 1" in done.stderr


def test_python_runs_them_as_a_module(file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "encord_provider", "manifest", "check", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == FAULTY, done.stderr


def test_airflow_has_the_same_commands_under_its_own_name() -> None:
    from encord_provider.cli.definition import get_encord_cli_commands  # noqa: PLC0415 - importing Airflow costs seconds

    (encord,) = get_encord_cli_commands()
    manifest, *_ = encord.subcommands

    assert (encord.name, manifest.name) == ("encord", "manifest")
    assert [action.name for action in manifest.subcommands] == [command.name for command in COMMANDS]
    for action, command in zip(manifest.subcommands, COMMANDS, strict=True):
        assert [argument.flags for argument in action.args] == [option.flags for option in command.options]
