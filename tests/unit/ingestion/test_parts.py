"""How units are divided among manifests: titles differ within one, and there are no more than there may be."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encord_provider.errors import TooManyManifests
from encord_provider.ingestion.parts import enlargement, parts
from encord_provider.manifest.candidates import Candidate
from encord_provider.manifest.chunks import chunk
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.units import Unit

ADVICE = Advice(units={}, other_units=3)
LIMITS = Limits()


def of_titles(titles: Sequence[str]) -> list[Candidate]:
    """Make candidates with these titles, each with a URL of its own."""
    return [
        Candidate((), Unit(Kind.IMAGE, title, (f"https://x.example.com/{number}",)))
        for number, title in enumerate(titles)
    ]


@given(titles=st.lists(st.sampled_from("abcdefgh"), max_size=30), enlarged=st.floats(1, 4))
def test_every_unit_is_in_one_manifest_and_none_has_two_of_one_title(
    titles: list[str], enlarged: float
) -> None:
    candidates = of_titles(titles)

    made = list(parts(candidates, LIMITS, ADVICE, 100, enlarged))

    assert Counter(c.unit for part in made for c in part) == Counter(c.unit for c in candidates)
    for part in made:
        assert part
        assert len({c.unit.title for c in part if c.unit}) == len(part)


@given(count=st.integers(0, 30), enlarged=st.floats(1, 4))
def test_units_of_different_titles_are_cut_as_the_library_cuts_them(count: int, enlarged: float) -> None:
    candidates = of_titles([str(number) for number in range(count)])
    units = [candidate.unit for candidate in candidates if candidate.unit]

    made = parts(candidates, LIMITS, ADVICE, 100, enlarged)

    assert [tuple(c.unit for c in part) for part in made] == list(
        chunk(units, LIMITS, ADVICE, enlarged=enlarged)
    )


@given(titles=st.lists(st.sampled_from("abcdefghijklmnop"), max_size=60), most=st.integers(1, 12))
def test_manifests_grow_until_there_are_few_enough_or_it_is_said_why_they_cannot(
    titles: list[str], most: int
) -> None:
    candidates = of_titles(titles)

    if max(Counter(titles).values(), default=0) > most:
        with pytest.raises(TooManyManifests, match="title"):
            enlargement(candidates, LIMITS, ADVICE, most)
        return
    enlarged = enlargement(candidates, LIMITS, ADVICE, most)

    assert len(list(parts(candidates, LIMITS, ADVICE, most, enlarged))) <= most


def test_a_title_that_more_units_bear_than_there_may_be_manifests_is_refused_at_once() -> None:
    with pytest.raises(TooManyManifests, match="a title that several units have"):
        enlargement(of_titles(["same"] * 5), LIMITS, ADVICE, 4)

    assert enlargement(of_titles(["same"] * 4), LIMITS, ADVICE, 4) == 1


def test_a_limit_that_makes_too_many_manifests_is_named() -> None:
    with pytest.raises(TooManyManifests, match="the limit of 2 units"):
        enlargement(of_titles(list("abcdefgh")), Limits(units=2), ADVICE, 3)
