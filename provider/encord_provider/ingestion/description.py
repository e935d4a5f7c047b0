"""What new units are called, what custom metadata they get, and what is wrong with it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final

from encord_provider.buckets.bucket import Bucket
from encord_provider.errors import BadPattern, BadTable, NotFound
from encord_provider.ingestion.vectors import Vectors
from encord_provider.manifest.annotation import MetadataSource
from encord_provider.manifest.candidates import Candidate
from encord_provider.manifest.key_frames import joined
from encord_provider.manifest.naming import Converter, PathRule
from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.schema import MetadataSchema
from encord_provider.manifest.units import Unit

REQUESTS_AT_ONCE: Final = 16
"""Objects whose side file, metadata or content type is read at the same time."""

_STANDARD: Final = frozenset(
    {"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type"}
)
"""Attributes of an object that are HTTP's; all others are its own metadata."""


@dataclass(frozen=True)
class Description:
    """How units are described."""

    rule: PathRule | None = None
    """What the key of a unit's first object tells of its title."""

    sources: tuple[MetadataSource, ...] = ()
    """Where metadata comes from; later ones win. Several threads ask them."""

    function: MetadataSource | None = None
    """The user's own source, asked last and by one thread."""

    schema: MetadataSchema | None = None
    """What metadata is to be."""

    vectors: tuple[Vectors, ...] = ()
    """What `sources` give as embeddings, whose keys the metadata schema must have."""

    reads_bucket: bool = False
    """Whether sources make requests, so that it pays to ask several at once."""

    def of(self, page: list[Candidate]) -> Iterator[tuple[Candidate, list[str]]]:
        """Yield candidates with their titles and metadata, and what is wrong with it."""
        if not self.reads_bucket:
            found = map(self._sourced, page)
            yield from (self._finished(*each) for each in found)
            return
        with ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
            yield from (self._finished(*each) for each in pool.map(self._sourced, page))

    def _sourced(self, candidate: Candidate) -> tuple[Candidate, dict[str, Any], list[str]]:
        metadata: dict[str, Any] = {}
        problems: list[str] = []
        for source in self.sources if candidate.unit else ():
            try:
                found = source(candidate.unit, candidate.members) if candidate.unit else {}
                metadata = joined(metadata, found)
            except BadTable as error:
                problems += [f"{error.table}: {fault}" for fault in error.faults]
            except ValueError as error:
                problems.append(str(error))
        return candidate, metadata, problems

    def _finished(
        self, candidate: Candidate, metadata: dict[str, Any], problems: list[str]
    ) -> tuple[Candidate, list[str]]:
        if candidate.unit is None:
            return candidate, problems
        title = self.rule.title_of(candidate.members[0].key) if self.rule else None
        unit = replace(candidate.unit, title=title or candidate.unit.title, client_metadata=metadata)
        if self.function:
            try:
                unit = replace(unit, client_metadata=metadata | dict(self.function(unit, candidate.members)))
            except ValueError as error:
                problems.append(f"the metadata function: {error}")
        if self.schema:
            problems += [f"{fault.problem}; {fault.remedy}" for fault in self.schema.faults_of(unit)]
        return replace(candidate, unit=unit), problems


def path_rule(
    path: str | None, title: str | None, converters: Mapping[str, Converter] | None = None
) -> PathRule | None:
    """Make the rule that a DAG gives as *path* and *title*; converters of parts that the path lacks are left out.

    Raises:
        BadPattern: A path that is neither a template nor a regular expression with named groups, or a title of
            parts that it lacks.

    """
    if path is None:
        if title is not None:
            raise BadPattern("title", title, "it is made of the parts of path=, which is not given")
        return None
    try:
        rule = PathRule(path, title) if "(?P<" in path else PathRule.from_template(path, title)
    except BadPattern as error:
        raise BadPattern("path", path, error.problem) from error
    parts = re.compile(rule.pattern).groupindex
    return replace(
        rule, converters={part: read for part, read in (converters or {}).items() if part in parts}
    )


def sidecar_reader(bucket: Bucket, *, required: bool) -> Callable[[str], bytes | None]:
    """Return what reads a side file; a missing one is None, or a fault where they are *required*."""

    def read(key: str) -> bytes | None:
        try:
            return bucket.read(key)
        except NotFound:
            if required:
                raise BadTable(key, ["there is no such side file"]) from None
            return None

    return read


def from_store(bucket: Bucket) -> MetadataSource:
    """Read the metadata that a store keeps with a unit's first object; text, as stores have no other type."""

    def kept(_: Unit, objects: Sequence[BucketObject]) -> Mapping[str, Any]:
        try:
            found = bucket.attributes(objects[0].key)
        except NotFound:
            raise BadTable(objects[0].key, ["it is no longer there"]) from None
        return {name: value for name, value in found.items() if name not in _STANDARD}

    return kept
