"""Whatever the units at fault are, they end up alone, in few jobs, and all others land."""

from dataclasses import dataclass, field
from math import ceil, log2

from hypothesis import given
from hypothesis import strategies as st

from encord_provider.uploads.bisection import ACCUSED_IN_A_ROW, Accuse, GiveUp, Part, Send, next_step


@dataclass
class Job:
    """One job at a platform that fails it as a whole for a single bad unit."""

    name: str
    open: list[str]
    failed: bool = False
    landed: list[str] = field(default_factory=list)
    accused: list[str] = field(default_factory=list)


@dataclass
class Platform:
    """What a bisection does, in memory."""

    poison: frozenset[str]
    lands_until: bool = False
    """Whether the units before the first bad one land all the same."""

    hiccups: frozenset[int] = frozenset()
    """Numbers of jobs that fail for no unit's fault."""

    jobs: list[Job] = field(default_factory=list)
    gave_up: bool = False

    def send(self, units: tuple[str, ...]) -> None:
        """Run a job of some units, taken from those that have it."""
        for job in self.jobs:
            job.open = [unit for unit in job.open if unit not in units]
        job = Job(str(len(self.jobs)), list(units))
        bad = [n for n, unit in enumerate(units) if unit in self.poison]
        job.failed = bool(bad) or len(self.jobs) in self.hiccups
        landed = len(units) if not job.failed else bad[0] if bad and self.lands_until else 0
        job.landed, job.open = job.open[:landed], job.open[landed:]
        self.jobs.append(job)

    def parts(self) -> list[Part]:
        """Return what the ledger would know."""
        return [
            Part(job.name, job.failed, tuple(job.open), len(job.landed), len(job.accused))
            for job in self.jobs
        ]

    def work(self, units: list[str]) -> int:
        """Send everything, bisect, and return how many jobs that took after the first."""
        self.send(tuple(units))
        while step := next_step(self.parts()):
            match step:
                case Send(some):
                    self.send(some)
                case Accuse(name, unit):
                    (job,) = (job for job in self.jobs if job.name == name)
                    job.open.remove(unit)
                    job.accused.append(unit)
                case GiveUp():
                    self.gave_up = True
                    break
        return len(self.jobs) - 1

    @property
    def accused(self) -> set[str]:
        """The units that were found at fault."""
        return {unit for job in self.jobs for unit in job.accused}

    @property
    def landed(self) -> set[str]:
        """The units that landed."""
        return {unit for job in self.jobs for unit in job.landed}


def most_jobs(k: int, n: int) -> int:
    """Return how many jobs k of n may take."""
    return k * ceil(log2(n)) + k


@st.composite
def manifests(draw: st.DrawFn) -> tuple[list[str], frozenset[str]]:
    """Draw the units of a manifest, and which of them are poison: fewer than stop the search."""
    n = draw(st.integers(1, 300))
    poison = draw(st.sets(st.integers(0, n - 1), max_size=min(n, ACCUSED_IN_A_ROW - 1)))
    return [f"{number:03}" for number in range(n)], frozenset(f"{number:03}" for number in poison)


@given(drawn=manifests(), lands_until=st.booleans())
def test_the_poison_is_alone_and_all_else_lands_in_few_jobs(
    drawn: tuple[list[str], frozenset[str]], *, lands_until: bool
) -> None:
    units, poison = drawn
    platform = Platform(poison, lands_until)

    jobs = platform.work(units)

    assert platform.accused == poison
    assert platform.landed == set(units) - poison
    assert jobs <= most_jobs(len(poison), len(units))


@given(st.integers(1, 300))
def test_a_job_that_failed_once_for_no_units_fault_accuses_nobody(n: int) -> None:
    units = [f"{number:03}" for number in range(n)]
    platform = Platform(frozenset(), hiccups=frozenset({0}))

    jobs = platform.work(units)

    assert (platform.accused, platform.landed) == (set(), set(units))
    assert jobs <= ceil(log2(n)) + 1


@given(st.integers(ACCUSED_IN_A_ROW + 1, 1000))
def test_where_everything_fails_the_search_ends_soon_and_accuses_nobody(n: int) -> None:
    units = [f"{number:04}" for number in range(n)]
    platform = Platform(frozenset(units))

    jobs = platform.work(units)

    assert platform.gave_up
    assert jobs <= most_jobs(ACCUSED_IN_A_ROW, n)
    assert next_step(platform.parts()) == GiveUp(tuple(job.name for job in reversed(platform.jobs)))


@given(manifests(), st.sets(st.integers(0, 40), max_size=5))
def test_no_unit_is_both_landed_and_accused_nor_forgotten_whatever_fails(
    drawn: tuple[list[str], frozenset[str]], hiccups: set[int]
) -> None:
    units, poison = drawn
    platform = Platform(poison, hiccups=frozenset(hiccups))

    platform.work(units)

    still_open = {unit for job in platform.jobs for unit in job.open}
    assert not platform.landed & platform.accused
    assert platform.landed | platform.accused | still_open == set(units)
    assert not still_open or platform.gave_up
