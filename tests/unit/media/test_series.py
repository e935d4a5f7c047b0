"""DICOM files are sorted into series, in the order in which their slices lie."""

import random
from collections.abc import Callable

import pydicom
import pytest

from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.media_metadata import DicomMetadata
from encord_provider.media.probe import probe
from encord_provider.media.series import Series, Slice, series_of, strays_of
from tests.unit.media.corpus.scans import scan
from tests.unit.media.held import Held

Change = Callable[[pydicom.FileDataset], None]


def made(number: int, name: str | None = None, **values: object) -> Slice:
    """Read slice *number*, 1 mm after the one before, from a file with other *values*."""

    def change(found: pydicom.FileDataset) -> None:
        for tag, value in values.items():
            setattr(found, tag, value)

    content = scan(change, number)
    found = probe(Held(content), f"{number}.dcm", len(content), Kind.DICOM_SERIES).media
    assert isinstance(found, DicomMetadata)
    return Slice(name or f"{number}.dcm", found.tags)


def numbers(series: Series) -> list[str]:
    return [one.name for one in series.slices]


def shuffled(slices: list[Slice]) -> list[Slice]:
    random.Random(7).shuffle(slices)  # noqa: S311 - an order, not a secret
    return slices


def test_shuffled_slices_are_put_in_order() -> None:
    (series,) = series_of(shuffled([made(n) for n in range(1, 13)]))

    assert numbers(series) == [f"{n}.dcm" for n in range(1, 13)]
    assert (series.refusals, series.missing) == ((), 0)


def test_slices_go_by_where_they_lie_and_not_by_their_number() -> None:
    slices = [made(n, InstanceNumber=100 - n) for n in range(1, 6)]

    (series,) = series_of(shuffled(slices))

    assert numbers(series) == [f"{n}.dcm" for n in range(1, 6)]


def test_slices_that_say_no_place_go_by_their_number() -> None:
    slices = [made(n, ImagePositionPatient=None) for n in (3, 1, 12, 2)]

    (series,) = series_of(slices)

    assert numbers(series) == ["1.dcm", "2.dcm", "3.dcm", "12.dcm"]
    assert series.refusals == ()


def test_mixed_files_are_told_apart_by_study_series_and_orientation() -> None:
    first = [made(n) for n in range(1, 6)]
    second = [made(n, f"second-{n}", SeriesInstanceUID="1.2.3") for n in range(1, 5)]
    third = [made(n, f"third-{n}", StudyInstanceUID="1.2.4") for n in range(1, 4)]
    turned = [made(n, f"turned-{n}", ImageOrientationPatient=[0, 1, 0, 0, 0, 1]) for n in range(1, 3)]

    found = series_of(shuffled([*first, *second, *third, *turned]))

    assert [len(series.slices) for series in found] == [5, 4, 3, 2]
    assert numbers(found[1]) == ["second-1", "second-2", "second-3", "second-4"]


def test_an_orientation_that_differs_by_rounding_is_the_same() -> None:
    slices = [made(n, ImageOrientationPatient=[1, n * 1e-4, 0, 0, 1, -0.0]) for n in range(1, 5)]

    assert len(series_of(slices)) == 1


def test_a_missing_slice_is_noticed() -> None:
    (series,) = series_of([made(n) for n in range(1, 21) if n not in (7, 8)])

    assert series.missing == 2
    assert series.refusals == (
        "94% of its gaps are even, 1 mm, and 97% should be: 2 slices seem to be missing",
    )


def test_one_missing_slice_of_many_is_told_and_refuses_nothing() -> None:
    (series,) = series_of([made(n) for n in range(1, 61) if n != 30])

    assert (series.missing, series.refusals) == (1, ())


def test_phases_in_one_place_are_no_gaps() -> None:
    slices = [made(n, f"{n}-{p}", SOPInstanceUID=f"1.9.{n}.{p}") for n in range(1, 6) for p in (1, 2)]

    (series,) = series_of(slices)

    assert (series.missing, series.refusals) == (0, ())


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"Rows": 4}, "its slices differ in size: 4x8, 8x8"),
        (
            {"SOPInstanceUID": "1.2.826.0.1.3680043.8.498.1.1.1"},
            "2 files are the instance 1.2.826.0.1.3680043.8.498.1.1.1",
        ),
        ({"ImagePositionPatient": None}, "1 of 4 slices do not say where they lie, odd for one"),
    ],
)
def test_what_encord_would_refuse_is_told(values: dict[str, object], refusal: str) -> None:
    slices = [*(made(n) for n in range(1, 4)), made(4, "odd", **values)]

    (series,) = series_of(slices)

    assert series.refusals == (refusal,)


def test_a_file_that_spoils_the_others_is_singled_out() -> None:
    slices = [
        *(made(n) for n in range(1, 6)),
        made(6, "other-study", StudyInstanceUID="1.2.3"),
        made(7, "other-size", Rows=4),
        made(1, "copy"),
    ]

    found = strays_of(slices)

    assert list(found) == ["other-study", "other-size", "copy"]
    assert found["other-study"].startswith("a file of study 1.2.3 in a series of study")
    assert (
        found["other-size"]
        == "a file of rows and columns 4 by 8 in a series of rows and columns 8 by 8 (6 files)"
    )
    assert found["copy"] == "it repeats the instance 1.2.826.0.1.3680043.8.498.1.1.1 of 1.dcm"


def test_good_files_spoil_nothing() -> None:
    assert strays_of([made(n) for n in range(1, 6)]) == {}
    assert strays_of([]) == {}
