"""Units to manifests that fit."""

import math

import pytest

from encord_provider.errors import TooManyManifests
from encord_provider.manifest.chunks import ChunkPlan, chunk, plan_chunks
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.units import Unit

MIB = 1024 * 1024


def units(kind: Kind, count: int, size: int = 0) -> list[Unit]:
    """Return *count* units of one object each."""
    return [Unit(kind, f"{kind}-{n}", (f"https://b.example.com/{n}",), size) for n in range(count)]


def lengths(given: list[Unit], limits: Limits | None = None, advice: Advice | None = None) -> list[int]:
    """Return how many units each chunk of *given* holds."""
    return [len(part) for part in chunk(given, limits or Limits(), advice or Advice())]


def test_no_units_make_no_chunk() -> None:
    assert lengths([]) == []


@pytest.mark.parametrize(
    ("kind", "count", "expected"),
    [
        (Kind.VIDEO, 100, [100]),
        (Kind.VIDEO, 250, [100, 100, 50]),
        (Kind.IMAGE, 1000, [1000]),
        (Kind.IMAGE, 1001, [1000, 1]),
    ],
)
def test_a_chunk_holds_as_many_units_of_a_kind_as_encord_advises(
    kind: Kind, count: int, expected: list[int]
) -> None:
    assert lengths(units(kind, count)) == expected


def test_units_of_several_kinds_share_a_chunk() -> None:
    assert lengths([*units(Kind.VIDEO, 50), *units(Kind.IMAGE, 501)]) == [550, 1]


def test_a_chunk_holds_as_many_bytes_of_media_as_encord_advises() -> None:
    assert lengths(units(Kind.VIDEO, 5, size=1024 * MIB)) == [2, 2, 1]


def test_a_unit_that_alone_is_over_the_advice_makes_a_chunk_of_its_own() -> None:
    huge = Unit(Kind.VIDEO, "huge", ("u",), 5 * 1024 * MIB)

    assert lengths([*units(Kind.IMAGE, 1), huge, *units(Kind.IMAGE, 1)]) == [1, 1, 1]


@pytest.mark.parametrize("limits", [Limits(units=3), Limits(urls=3)])
def test_no_chunk_breaks_a_limit_however_far_the_advice_is_enlarged(limits: Limits) -> None:
    parts = list(chunk(units(Kind.IMAGE, 7), limits, Advice(), enlarged=1000))

    assert [len(part) for part in parts] == [3, 3, 1]


def test_urls_are_counted_and_not_units() -> None:
    groups = [Unit(Kind.IMAGE_GROUP, f"g{n}", ("a", "b", "c")) for n in range(4)]

    assert lengths(groups, Limits(urls=6)) == [2, 2]


def test_the_file_of_every_chunk_is_within_the_limit_to_the_byte() -> None:
    limits = Limits(manifest_bytes=1500)
    groups = [Unit(Kind.IMAGE_GROUP, f"g{n}", tuple(f"u{i}" for i in range(20))) for n in range(20)]

    for given in (units(Kind.IMAGE, 100), groups, [*units(Kind.VIDEO, 5), *groups[:5]]):
        files = [Manifest(part).to_json() for part in chunk(given, limits, Advice())]

        assert max(map(len, files)) <= limits.manifest_bytes
        assert len(files) > 1


def test_the_advice_is_enlarged_only_when_there_would_be_too_many_manifests() -> None:
    plans = [plan_chunks(lambda: units(Kind.VIDEO, 300), Limits(), Advice(), most) for most in (100, 3, 2)]

    assert [plan.enlarged > 1 for plan in plans] == [False, False, True]


@pytest.mark.parametrize(
    "given",
    [
        units(Kind.VIDEO, 10_000),
        units(Kind.VIDEO, 500, size=1024 * MIB),
        [*units(Kind.VIDEO, 5000), *units(Kind.IMAGE, 500, size=200 * MIB)],
        [
            *units(Kind.VIDEO, 150),
            *units(Kind.IMAGE, 1, size=0),
            *units(Kind.VIDEO, 60),
            *[
                Unit(Kind.IMAGE, f"i{n}", ("u",), size)
                for n, size in enumerate((1800 * MIB, 2220 * MIB, 1800 * MIB))
            ],
        ],
    ],
    ids=["many", "heavy", "many and heavy", "many, then heavy"],
)
@pytest.mark.parametrize("most", [1, 2, 3, 10])
def test_enlarged_chunks_are_no_more_than_the_most_there_may_be(given: list[Unit], most: int) -> None:
    plan = plan_chunks(lambda: given, Limits(), Advice(), most)

    assert len(list(chunk(given, Limits(), Advice(), enlarged=plan.enlarged))) == plan.chunks <= most
    assert not math.isinf(plan.enlarged)


def test_a_plan_keeps_to_the_advice_while_there_are_few_chunks() -> None:
    given = units(Kind.VIDEO, 250)

    assert plan_chunks(lambda: given, Limits(), Advice(), most=3) == ChunkPlan(chunks=3, enlarged=1.0)


def test_a_plan_makes_chunks_larger_before_there_are_too_many() -> None:
    given = units(Kind.VIDEO, 10_000)

    plan = plan_chunks(lambda: given, Limits(), Advice(), most=10)

    assert plan.chunks <= 10
    assert plan.enlarged > 1
    assert len(list(chunk(given, Limits(), Advice(), enlarged=plan.enlarged))) == plan.chunks


@pytest.mark.parametrize(
    ("limits", "because"),
    [
        (Limits(units=10), "the limit of 10 units"),
        (Limits(urls=10), "the limit of 10 URLs"),
        (Limits(manifest_bytes=2000), "the limit of 2000 bytes"),
    ],
)
def test_a_plan_that_a_limit_forbids_says_which(limits: Limits, because: str) -> None:
    given = units(Kind.VIDEO, 1000)

    with pytest.raises(TooManyManifests, match=because) as caught:
        plan_chunks(lambda: given, limits, Advice(), most=5)

    assert (caught.value.most, caught.value.because) == (5, because)
    assert caught.value.manifests == len(list(chunk(given, limits, Advice(), enlarged=1000)))


def test_where_limits_and_advice_cut_in_turn_the_limits_alone_are_tried_before_a_plan_is_given_up() -> None:
    groups = [Unit(Kind.IMAGE_GROUP, f"g{n}", ("u",) * 100) for n in range(5)]
    given = [*groups, *units(Kind.IMAGE, 100)]

    plan = plan_chunks(lambda: given, Limits(urls=100), Advice(other_units=1), most=6)

    assert plan == ChunkPlan(6, math.inf)


def test_no_units_are_planned_as_no_chunks() -> None:
    assert plan_chunks(list, Limits(), Advice(), most=1).chunks == 0
