"""One entry of a manifest in JSON under way to a unit, with every fault found so far."""

from dataclasses import dataclass, field
from typing import Any

from encord_provider.manifest.faults import Fault, Severity
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.readings import Place
from encord_provider.manifest.spellings import DOCUMENTED_NAMES


@dataclass(slots=True)
class Entry:
    """What an entry says, by what its keys mean and not by how they are spelled."""

    kind: Kind
    key: str
    """The key at the top of the manifest under which it stands."""

    place: Place
    values: dict[str, Any] = field(default_factory=dict)
    """Meaning of a key to its value; null says nothing and is left out."""

    numbered: dict[int, Any] = field(default_factory=dict)
    """Number of a frame or slice to its URL."""

    faults: list[Fault] = field(default_factory=list)
    is_broken: bool = False
    """Whether a fault among these is an error."""

    def fault(self, rule: str, problem: str, remedy: str, severity: Severity = Severity.ERROR) -> None:
        """Tell of a fault."""
        title = self.values.get("title")
        unit = title if isinstance(title, str) else ""
        self.faults.append(Fault(unit, rule, problem, remedy, self.place.path, self.place.line, severity))
        self.is_broken |= severity is Severity.ERROR

    def text(self, name: str) -> str | None:
        """Return the text under a key, or None; anything else is a fault."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        self.fault("key type", f"{DOCUMENTED_NAMES[name]} is {value!r:.80}, not text", "write text")
        return None

    def mapping(self, name: str) -> dict[str, Any] | None:
        """Return the object under a key, or None; anything else is a fault."""
        value = self.values.get(name)
        if value is None or isinstance(value, dict):
            return value
        self.fault("key type", f"{DOCUMENTED_NAMES[name]} is {value!r:.80}, not an object", "write {...}")
        return None
