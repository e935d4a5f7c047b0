"""A manifest in JSON, of any dialect, as a stream of readings."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from encord_provider.manifest import external
from encord_provider.manifest.entry_reader import read_entry
from encord_provider.manifest.faults import Fault, Severity
from encord_provider.manifest.json_scanner import Key, Scanner, Slip, Unreadable, Value
from encord_provider.manifest.json_writer import Flags
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.readings import Place, Reading
from encord_provider.manifest.spellings import FLAGS, KINDS_BY_KEY, nearest

_REMEDIES: Final = {
    "trailing comma": "take it out; Encord would refuse the whole file",
    "duplicate key": "keep one; most readers keep only the last",
}


class JsonReader:
    """Read a manifest once, entry by entry; faults of the file and its flags are known at the end.

    Takes the documented JSON and the SDK's typed form, and what lies between: either case, either number, frames
    by number or in a list. A breach of JSON whose meaning is clear, such as a comma too many, is read and told of.
    """

    def __init__(self, stream: BinaryIO, limits: Limits | None) -> None:
        self._scanner = Scanner(stream)
        self.limits = limits
        """None: take units as they are, and judge only whether they can be read."""
        self.faults: list[Fault] = []
        """Faults of the file, so far."""
        self._flags: dict[str, bool] = {}
        self._keys: dict[str, int] = {}

    @property
    def flags(self) -> Flags:
        """The flags that stand in the manifest; absent ones are false, as Encord takes them."""
        return Flags(*(self._flags.get(name, False) for name in ("skip_duplicate_urls", "upsert_metadata")))

    @property
    def size(self) -> int:
        """Bytes read so far."""
        return self._scanner.size

    def __iter__(self) -> Iterator[Reading]:
        """Yield one reading for every entry."""
        try:
            for found in self._scanner:
                if isinstance(found, Key):
                    self._meet(found)
                elif isinstance(found, Slip):
                    self.faults.append(_slip(found, ""))
                elif found.number is not None:
                    yield from self._entry(found)
                else:
                    self._single(found)
        except Unreadable as error:
            problem = f"column {error.column}: {error.problem}; nothing after it was read"
            self._fault(error.rule, problem, "mend the file", line=error.line)
            return
        self._judge_flags()

    def _meet(self, key: Key) -> None:
        if key.name in self._keys:
            problem = f"the key stands twice, first in line {self._keys[key.name]}"
            remedy = "put the entries of both into one; most readers keep only the last"
            self._fault("duplicate key", problem, remedy, key.name, key.line, Severity.MENDED)
        self._keys.setdefault(key.name, key.line)

    def _entry(self, found: Value) -> Iterator[Reading]:
        place = Place(f"{found.key}[{found.number}]", found.line)
        if found.key not in KINDS_BY_KEY:
            problem = f"{found.key!r} is no kind of data that Encord registers"
            remedy = (
                f"use {nearest(found.key, KINDS_BY_KEY) or ', '.join(dict.fromkeys(external.KEYS.values()))}"
            )
            fault = Fault("", "top-level key", problem, remedy, place.path, place.line)
            yield Reading(place, None, (fault,))
            return
        try:
            reading = read_entry(found.key, found.value, place, self.limits)
        except RecursionError:
            problem = "a value is nested too deeply"
            fault = Fault("", "JSON depth", problem, "nest it less", place.path, place.line)
            yield Reading(place, None, (fault,))
            return
        if found.slips:
            faults = tuple(_slip(slip, place.path) for slip in found.slips)
            reading = Reading(place, reading.unit, faults + reading.faults)
        yield reading

    def _single(self, found: Value) -> None:
        """Take a value at the top that is no list: a flag, or a mistake."""
        self.faults += (_slip(slip, found.key) for slip in found.slips)
        name = FLAGS.get(found.key)
        if name is None and found.key in KINDS_BY_KEY:
            self._fault("entry", f"{found.value!r:.80} is not a list", "write [...]", found.key, found.line)
        elif name is None:
            problem = f"{found.key!r} is neither a kind of data nor a flag; it is passed over"
            self._fault("top-level key", problem, "take it out", found.key, found.line, Severity.MENDED)
        elif not isinstance(found.value, bool):
            self._fault("flags", f"it is {found.value!r:.80}", "write true or false", found.key, found.line)
        else:
            if self._flags.get(name, found.value) is not found.value:
                self._fault("flags", f"{name} stands twice, and differs", "keep one", found.key, found.line)
            self._flags[name] = found.value

    def _judge_flags(self) -> None:
        if "skip_duplicate_urls" not in {FLAGS.get(key) for key in self._keys}:
            problem = (
                "skip_duplicate_urls is absent, which is false: a repeated job registers everything again"
            )
            remedy = 'write "skip_duplicate_urls": true'
            self._fault("skip_duplicate_urls", problem, remedy, severity=Severity.NOTE)
        if self.flags.upsert_metadata and not self.flags.skip_duplicate_urls:
            problem = "upsert_metadata does nothing without skip_duplicate_urls"
            self._fault("flags", problem, "set both", severity=Severity.NOTE)

    def _fault(  # noqa: PLR0917 - the columns of a fault
        self,
        rule: str,
        problem: str,
        remedy: str,
        path: str = "",
        line: int | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        self.faults.append(Fault("", rule, problem, remedy, path, line, severity))


def _slip(slip: Slip, path: str) -> Fault:
    severity = Severity.MENDED if slip.is_clear else Severity.ERROR
    return Fault("", slip.rule, slip.problem, _REMEDIES.get(slip.rule, "mend it"), path, slip.line, severity)
