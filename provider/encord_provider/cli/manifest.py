"""Check, convert and split the manifests that people have; needs neither Airflow nor an account."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from encord_provider.cli.command import CLEAN, FAULTY, Command, NothingDone, Option, say, write_line
from encord_provider.manifest.chunks import chunk, plan_chunks
from encord_provider.manifest.csv_reader import CsvReader
from encord_provider.manifest.csv_writer import write_csv
from encord_provider.manifest.faults import Fault
from encord_provider.manifest.json_writer import Dialect, Flags, Written, write_json
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.reading import Quarantine, Reader, open_manifest
from encord_provider.manifest.schema import MetadataSchema
from encord_provider.manifest.units import Unit

CSV: Final = "csv"

STRICTLY: Final = "refused: with --strict nothing is written of a manifest that has a fault"


def check(arguments: argparse.Namespace) -> int:
    """Tell every fault of a manifest, and whether Encord would take it."""
    with Path(arguments.file).open("rb") as stream, _faults_to(arguments) as tell:
        quarantine = _quarantine(stream, arguments, tell)
        for _ in quarantine.units():
            pass
    _sum_up(arguments.file, quarantine)
    return CLEAN if quarantine.is_clean else FAULTY


def convert(arguments: argparse.Namespace) -> int:
    """Write the good units of a manifest in another form."""
    with Path(arguments.file).open("rb") as stream, _faults_to(arguments) as tell:
        quarantine = _quarantine(stream, arguments, tell)
        with _whole_or_not(Path(arguments.out)) as out:
            written = _write(quarantine.units(), out, arguments.to, lambda: _flags(quarantine.reader))
            if arguments.strict and not quarantine.is_clean:
                raise NothingDone(STRICTLY)
    _sum_up(arguments.file, quarantine)
    _tell_of(arguments.out, written)
    return CLEAN if quarantine.is_clean else FAULTY


def split(arguments: argparse.Namespace) -> int:
    """Write the good units of a manifest as several, each within Encord's limits and advice."""
    directory = Path(arguments.directory)
    with Path(arguments.file).open("rb") as stream, _faults_to(arguments) as tell:
        first = _quarantine(stream, arguments, tell)
        advice = Advice()
        limits = Limits(units=arguments.units, urls=arguments.urls, manifest_bytes=arguments.manifest_bytes)
        passes = iter([first])

        def units() -> Iterator[Unit]:
            stream.seek(0)
            return (next(passes, None) or _quarantine(stream, arguments, _silent)).units()

        plan = plan_chunks(units, limits, advice, arguments.max_manifests)
        if arguments.strict and not first.is_clean:
            raise NothingDone(STRICTLY)
        directory.mkdir(parents=True, exist_ok=True)
        flags = _flags(first.reader)
        for number, part in enumerate(chunk(units(), limits, advice, enlarged=plan.enlarged), start=1):
            path = directory / f"{Path(arguments.file).stem}-{number:04}.json"
            with _whole_or_not(path) as out:
                written = write_json(part, out, flags, Dialect(arguments.to))
            _tell_of(path, written)
    _sum_up(arguments.file, first)
    return CLEAN if first.is_clean else FAULTY


FILE: Final = Option(("file",), {"help": "the manifest, JSON or CSV", "metavar": "FILE"})
STRICT: Final = Option(
    ("--strict",),
    {"action": "store_true", "help": "refuse the whole for one fault, even one that could be read over"},
)
FAULTS: Final = Option(
    ("--faults",),
    {"metavar": "FILE", "help": "write every fault there, a line of JSON each, not to the terminal"},
)
SCHEMA: Final = Option(
    ("--schema",), {"metavar": "FILE", "help": "metadata schema, as JSON, that custom metadata must keep"}
)
READING: Final = (FILE, STRICT, FAULTS, SCHEMA)

COMMANDS: Final = (
    Command("check", "Tell every fault of a manifest", check, READING),
    Command(
        "convert",
        "Write a manifest in another form",
        convert,
        (
            *READING,
            Option(("out",), {"metavar": "OUT", "help": "where to write"}),
            Option(
                ("--to",),
                {
                    "choices": [*(dialect.value for dialect in Dialect), CSV],
                    "default": Dialect.DOCUMENTED.value,
                    "help": "the documented JSON, the SDK's typed form, or CSV",
                },
            ),
        ),
    ),
    Command(
        "split",
        "Write a manifest as several that Encord takes",
        split,
        (
            *READING,
            Option(("directory",), {"metavar": "DIRECTORY", "help": "where to write them"}),
            Option(
                ("--to",),
                {
                    "choices": [dialect.value for dialect in Dialect],
                    "default": Dialect.DOCUMENTED.value,
                    "help": "the documented JSON or the SDK's typed form",
                },
            ),
            Option(("--max-manifests",), {"type": int, "default": 1000, "help": "the most there may be"}),
            Option(("--units",), {"type": int, "default": Limits.units, "help": "units of one, at most"}),
            Option(("--urls",), {"type": int, "default": Limits.urls, "help": "URLs of one, at most"}),
            Option(
                ("--manifest-bytes",),
                {"type": int, "default": Limits.manifest_bytes, "help": "bytes of one, at most"},
            ),
        ),
    ),
)


def _quarantine(stream: BinaryIO, arguments: argparse.Namespace, tell: Callable[[Fault], None]) -> Quarantine:
    reader = open_manifest(stream)
    return Quarantine(reader, tell, strict=arguments.strict, schema=_schema(arguments.schema))


def _schema(path: str | None) -> MetadataSchema | None:
    if path is None:
        return None
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise OSError(f"{path}: not JSON: {error}") from error
    return MetadataSchema.from_wire(document if isinstance(document, dict) else {"": document})


def _flags(reader: Reader) -> Flags:
    """Return the flags to write: a CSV says none, and gets ours."""
    return Flags() if isinstance(reader, CsvReader) else reader.flags


def _write(units: Iterator[Unit], out: BinaryIO, form: str, flags: Callable[[], Flags]) -> Written:
    return write_csv(units, out) if form == CSV else write_json(units, out, flags, Dialect(form))


@contextmanager
def _faults_to(arguments: argparse.Namespace) -> Iterator[Callable[[Fault], None]]:
    """Give a function that writes a fault where the user wants it."""
    if arguments.faults is None:
        yield lambda fault: _show(fault, sys.stdout)
        return
    with Path(arguments.faults).open("w", encoding="utf-8") as file:
        yield lambda fault: write_line(fault.to_json(), file)


@contextmanager
def _whole_or_not(path: Path) -> Iterator[BinaryIO]:
    """Open a file that comes to be when all of it was written."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        with partial.open("wb") as out:
            yield out
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _silent(_: Fault) -> None:
    """Tell nobody: the fault was told in an earlier pass."""


def _show(fault: Fault, out: TextIO) -> None:
    write_line(f"{fault.severity}: {fault} [{fault.rule}: {fault.source}]", out)


def _tell_of(path: str | Path, written: Written) -> None:
    write_line(
        f"{path}: {written.units} units, {written.urls} URLs, {written.size} bytes, {written.digest}",
        sys.stdout,
    )


def _sum_up(file: str, quarantine: Quarantine) -> None:
    faults = ", ".join(f"{severity}: {count}" for severity, count in quarantine.counts.items())
    say(f"{file}: units: {quarantine.good}, kept apart: {quarantine.kept}; faults: {faults}")
