"""Files whose facts a full decode tells: good, odd, damaged and lying ones."""

from functools import cache

from tests.unit.media.corpus.case import Case
from tests.unit.media.corpus.documents import documents
from tests.unit.media.corpus.films import films
from tests.unit.media.corpus.pictures import pictures
from tests.unit.media.corpus.scans import scans
from tests.unit.media.corpus.sounds import sounds

__all__ = ["Case", "corpus"]


@cache
def corpus() -> tuple[Case, ...]:
    """Return all files, each made once in a process."""
    return (*films(), *sounds(), *pictures(), *documents(), *scans())
