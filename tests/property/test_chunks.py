"""Units to manifests, restated."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encord_provider.errors import TooManyManifests
from encord_provider.manifest.chunks import chunk, plan_chunks
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.units import Unit
from tests.property.strategies import units

LIMITS = st.builds(
    Limits,
    urls=st.integers(12, 60),
    units=st.integers(1, 20),
    manifest_bytes=st.integers(4_000, 20_000),
)
ADVICE = st.builds(
    Advice,
    units=st.dictionaries(st.sampled_from([Kind.VIDEO, Kind.IMAGE]), st.integers(1, 10)),
    other_units=st.integers(1, 10),
    job_bytes=st.integers(10**8, 5 * 10**9),
)
UNITS = st.lists(units(with_metadata=False), max_size=25)


def fits(part: tuple[Unit, ...], limits: Limits, advice: Advice, enlarged: float) -> bool:
    """Tell whether units may be in one manifest, by the rules of the documentation."""
    return (
        len(part) <= limits.units
        and sum(len(unit.urls) for unit in part) <= limits.urls
        and len(Manifest(part).to_json()) <= limits.manifest_bytes
        and sum(unit.size for unit in part) <= advice.job_bytes * enlarged
        and sum(advice.share(unit.kind) for unit in part) <= enlarged + 1e-9
    )


@given(given_units=UNITS, limits=LIMITS, advice=ADVICE, enlarged=st.floats(1, 5))
def test_chunks_concatenate_to_what_was_given_and_none_is_empty(
    given_units: list[Unit], limits: Limits, advice: Advice, enlarged: float
) -> None:
    parts = list(chunk(given_units, limits, advice, enlarged=enlarged))

    assert [unit for part in parts for unit in part] == given_units
    assert all(parts)


@given(given_units=UNITS, limits=LIMITS, advice=ADVICE, enlarged=st.floats(1, 5))
def test_every_chunk_of_several_units_fits(
    given_units: list[Unit], limits: Limits, advice: Advice, enlarged: float
) -> None:
    for part in chunk(given_units, limits, advice, enlarged=enlarged):
        assert len(part) == 1 or fits(part, limits, advice, enlarged)


@given(given_units=UNITS, limits=LIMITS, advice=ADVICE, enlarged=st.floats(1, 5))
def test_no_chunk_could_have_taken_the_next_unit(
    given_units: list[Unit], limits: Limits, advice: Advice, enlarged: float
) -> None:
    parts = list(chunk(given_units, limits, advice, enlarged=enlarged))

    # the size of a manifest is reckoned with some bytes to spare
    roomier = Limits(urls=limits.urls, units=limits.units, manifest_bytes=limits.manifest_bytes - 1024)
    for part, following in pairwise(parts):
        assert not fits((*part, following[0]), roomier, advice, enlarged)


@given(given_units=UNITS, limits=LIMITS, advice=ADVICE)
def test_the_same_units_make_the_same_chunks(given_units: list[Unit], limits: Limits, advice: Advice) -> None:
    assert list(chunk(given_units, limits, advice)) == list(chunk(iter(given_units), limits, advice))


@given(given_units=UNITS, limits=LIMITS, advice=ADVICE, most=st.integers(1, 12))
def test_a_plan_keeps_to_the_most_there_may_be_unless_the_limits_alone_make_more(
    given_units: list[Unit], limits: Limits, advice: Advice, most: int
) -> None:
    fewest = len(list(chunk(given_units, limits, advice, enlarged=math.inf)))
    if fewest > most:
        with pytest.raises(TooManyManifests, match="the limit of") as caught:
            plan_chunks(lambda: given_units, limits, advice, most)
        assert caught.value.manifests == fewest
        return

    plan = plan_chunks(lambda: given_units, limits, advice, most)

    assert len(list(chunk(given_units, limits, advice, enlarged=plan.enlarged))) == plan.chunks <= most
    by_advice = len(list(chunk(given_units, limits, advice)))
    assert by_advice <= most or plan.enlarged > 1
    assert by_advice > most or plan.enlarged == 1
