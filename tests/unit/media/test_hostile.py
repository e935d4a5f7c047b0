"""Damaged and hostile files: the budget is held, nothing hangs, and the answer is a grade."""

import gzip
import logging
import random
import subprocess
import sys
import time
import warnings
from collections import Counter

import pytest

from encord_provider.manifest.kinds import Kind
from encord_provider.media.budget import Budget
from encord_provider.media.grades import Grade
from encord_provider.media.probe import READERS, probe
from tests import media
from tests.unit.media.corpus import Case, corpus
from tests.unit.media.held import Held

BUDGET = Budget()


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what libraries say of thousands of damaged files out of the report."""
    for library in ("pydicom", "nibabel.global"):
        monkeypatch.setattr(logging.getLogger(library), "disabled", True)


def damaged(case: Case, random_: random.Random) -> bytes:
    """Return a file with some bytes overwritten, most of them near its start or end, and sometimes cut."""
    content = bytearray(case.content)
    for _ in range(random_.randint(1, 8)):
        near = min(len(content), 600)
        place = random_.choice([range(near), range(len(content) - near, len(content)), range(len(content))])
        start = random_.choice(place)
        by = random_.choice(
            [random_.randbytes(random_.randint(1, 8)), b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff"]
        )
        content[start : start + len(by)] = by
    return bytes(content[: random_.randint(1, len(content))] if random_.random() < 0.2 else content)


def graded(seeds: range) -> Counter[str]:
    """Probe damaged files, one for each seed, and check that each is answered at its price; return the grades."""
    small = [case for case in corpus() if 0 < len(case.content) < 70_000]
    grades: Counter[str] = Counter()
    for seed in seeds:
        random_ = random.Random(seed)  # noqa: S311 - damage, not secrets
        case = random_.choice(small)
        content = damaged(case, random_)
        print(seed, case.key, flush=True)  # noqa: T201 - the last line tells what a crash was about
        began = time.thread_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = probe(Held(content), case.key, len(content), case.kind)
        assert found.fetched <= BUDGET.bytes
        assert found.requests <= BUDGET.requests
        assert time.thread_time() - began < BUDGET.seconds
        grades[found.grade] += 1
    return grades


def test_damaged_files_are_graded() -> None:
    assert graded(range(400)).keys() == set(Grade)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_thousand_damaged_files_are_graded_in_bounded_memory() -> None:
    """In a process of its own: libraries in C could crash it, or hold all memory."""
    code = (
        "import logging\n"
        "from tests.bench.manifest import peak_mb\n"
        "from tests.unit.media.test_hostile import graded\n"
        "logging.disable()\n"
        "grades = graded(range(400, 10_400))\n"
        "print(grades.total(), round(peak_mb()))\n"
    )

    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    last = done.stdout.splitlines()[-1]
    assert done.returncode == 0, (last, done.stderr[-2000:])
    files, megabytes = (int(number) for number in last.split())
    assert files == 10_000
    assert megabytes < 512


@pytest.mark.parametrize("kind", sorted(READERS))
@pytest.mark.parametrize("content", [b"\x00" * 100_000, b"\xff" * 100_000, b"\n" * 10, b"{" * 100_000])
def test_bytes_that_mean_nothing_are_graded_as_anything(kind: Kind, content: bytes) -> None:
    assert probe(Held(content), "file", len(content), kind).grade in (Grade.UNCLEAR, Grade.BROKEN)


def test_a_compressed_header_that_would_unpack_to_gigabytes_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(100_000_000))

    assert probe(Held(bomb), "brain.nii.gz", len(bomb), Kind.NIFTI).grade is Grade.BROKEN


class Endless:
    """A file without an end, which says the same over and over."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read_range(self, key: str, start: int, length: int) -> bytes:  # noqa: ARG002 - there is only one
        """Return *length* bytes."""
        start %= len(self._content)
        return (self._content * (length // len(self._content) + 2))[start : start + length]


@pytest.mark.parametrize("kind", sorted(READERS))
@pytest.mark.parametrize(
    "content",
    [b"\x00" * 64, b"%PDF-1.4\n", media.video()[:200], media.dicom()[:700], media.image("tiff"), b"ID3" * 40],
    ids=["zeros", "pdf", "film", "scan", "picture", "sound"],
)
def test_a_file_that_never_ends_costs_no_more_than_its_budget(kind: Kind, content: bytes) -> None:
    budget = Budget(bytes=500_000, requests=10)

    found = probe(Endless(content), "file", 10**13, kind, budget)

    assert isinstance(found.grade, Grade)
    assert found.fetched <= budget.bytes
    assert found.requests <= budget.requests


class Slow(Held):
    """A file that comes slowly."""

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """Return *length* bytes, later."""
        time.sleep(0.05)
        return super().read_range(key, start, length)


def test_a_slow_server_is_given_up() -> None:
    (case,) = [case for case in corpus() if case.key.endswith("/large.pdf")]

    found = probe(Slow(case.content), case.key, len(case.content), case.kind, Budget(seconds=0.01))

    assert found.grade is Grade.UNCLEAR
    assert found.reasons == ("it takes more than 0.01 seconds to tell",)


class Refusing:
    """A bucket that gives nothing."""

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """Refuse."""
        raise PermissionError(f"{key} {start} {length}")


@pytest.mark.parametrize("kind", sorted(READERS))
def test_a_bucket_that_gives_nothing_is_no_verdict_on_the_file(kind: Kind) -> None:
    with pytest.raises(PermissionError):
        probe(Refusing(), "file", 1000, kind)


class RefusingLater(Held):
    """A bucket that gives the first block and no more."""

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """Refuse all but the start."""
        if start:
            raise PermissionError(key)
        return super().read_range(key, start, length)


@pytest.mark.parametrize("name", ["large.pdf", "large.png", "large-private.dcm", "flac-large.flac"])
def test_a_bucket_that_fails_half_way_is_no_verdict_either(name: str) -> None:
    (case,) = [case for case in corpus() if case.key.endswith(f"/{name}")]

    with pytest.raises(PermissionError):
        probe(RefusingLater(case.content), case.key, len(case.content), case.kind)
