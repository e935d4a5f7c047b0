"""Every fact that is supplied is true; what cannot be proven is left out, and why is said."""

from collections import Counter
from functools import cache

import pytest

from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.media_faults import problems_of
from encord_provider.manifest.media_metadata import METADATA_FORMS
from encord_provider.media.budget import Budget
from encord_provider.media.grades import Grade, Probe
from encord_provider.media.probe import probe
from tests.unit.media.corpus import Case, corpus
from tests.unit.media.held import Held
from tests.unit.media.truth import wrong_values

GRADES = {
    Kind.VIDEO: {"A": 87, "B": 68, "C": 14},
    Kind.AUDIO: {"A": 36, "B": 32, "C": 12},
    Kind.IMAGE: {"A": 56, "B": 19, "C": 20},
    Kind.DICOM_SERIES: {"A": 15, "B": 2, "C": 11},
    Kind.PDF: {"A": 7, "B": 1, "C": 6},
    Kind.TEXT: {"A": 6, "B": 4, "C": 7},
    Kind.NIFTI: {"A": 4, "C": 5},
}


@cache
def probes() -> tuple[tuple[Case, Probe], ...]:
    """Probe the whole corpus, once."""
    return tuple(
        (case, probe(Held(case.content), case.key, len(case.content), case.kind)) for case in corpus()
    )


def test_the_corpus_is_large_and_has_files_of_all_grades_in_every_kind() -> None:
    graded = {(case.kind, found.grade) for case, found in probes()}

    assert len(corpus()) >= 200
    assert len({case.key for case in corpus()}) == len(corpus())
    assert {(case.kind, grade) for case in corpus() for grade in Grade} - graded == {
        (Kind.NIFTI, Grade.UNCLEAR)  # nothing is supplied of it, so nothing can be in doubt
    }


def test_every_supplied_value_equals_a_full_decode() -> None:
    wrong = {
        case.key: values
        for case, found in probes()
        if found.supplied and (values := wrong_values(case, found.supplied))
    }

    assert wrong == {}


def test_what_is_supplied_has_the_form_that_encord_asks_of_its_kind() -> None:
    for case, found in probes():
        if found.supplied:
            assert isinstance(found.supplied, METADATA_FORMS[case.kind][1])
            assert list(problems_of(found.supplied)) == []


def test_what_is_not_proven_is_never_supplied_and_says_why() -> None:
    for case, found in probes():
        if found.grade is not Grade.PROVEN:
            assert found.supplied is None
            assert found.reasons, case.key


def test_the_grades_of_the_corpus_are_these() -> None:
    counts = {kind: Counter(f.grade.value for c, f in probes() if c.kind is kind) for kind in GRADES}

    assert counts == GRADES


@pytest.mark.parametrize(
    ("part", "grade"),
    [
        ("films/rate-", Grade.PROVEN),
        ("films/b-frames", Grade.PROVEN),
        ("films/size-", Grade.PROVEN),
        ("films/index-first", Grade.PROVEN),
        ("films/times-", Grade.UNCLEAR),
        ("films/rotation-", Grade.UNCLEAR),
        ("films/aspect-", Grade.UNCLEAR),
        ("films/sound-longer", Grade.UNCLEAR),
        ("sounds/plain-", Grade.PROVEN),
        ("sounds/alac-1", Grade.PROVEN),
        ("sounds/variable-", Grade.UNCLEAR),
        ("sounds/constant-", Grade.UNCLEAR),
        ("sounds/aac-", Grade.UNCLEAR),
        ("pictures/size-", Grade.PROVEN),
        ("pictures/mode-", Grade.PROVEN),
        ("pictures/several", Grade.UNCLEAR),
        ("pictures/orientation-6", Grade.UNCLEAR),
        ("documents/pages-", Grade.PROVEN),
        ("scans/slice-", Grade.PROVEN),
    ],
)
def test_files_of_one_sort_are_graded_alike(part: str, grade: Grade) -> None:
    found = {case.key: found for case, found in probes() if case.key.startswith(part)}

    assert found
    assert {key: f.reasons for key, f in found.items() if f.grade is not grade} == {}


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("films/picture.mp4", "its name says video/mp4, its bytes are image/png"),
        ("films/named-mov.mov", "its name says video/quicktime, its bytes are video/mp4"),
        ("sounds/film.m4a", "its name says audio/mp4, its bytes are video/mp4"),
        ("documents/picture.txt", "its name says .txt, its bytes are image/jpeg"),
        ("scans/picture.dcm", "its name says application/dicom, its bytes are image/png"),
    ],
)
def test_a_name_that_contradicts_the_bytes_is_told_with_both(key: str, reason: str) -> None:
    (found,) = [found for case, found in probes() if case.key == key]

    assert found.reasons == (reason,)
    assert found.supplied is None


def test_an_edit_list_that_changes_what_is_shown_is_noticed() -> None:
    cut = (
        "start-cut",
        "end-cut",
        "pause",
        "twice",
        "swapped",
        "middle-out",
        "fast",
        "slow",
        "none",
        "negative",
        "later",
    )
    found = {
        case.key: found.grade
        for case, found in probes()
        if case.key.startswith("films/edits-") and any(name in case.key for name in cut)
    }

    assert len(found) >= len(cut)
    assert set(found.values()) == {Grade.UNCLEAR}


def test_no_probe_costs_more_than_the_budget() -> None:
    budget = Budget()

    assert all(found.fetched <= budget.bytes for _, found in probes())
    assert all(found.requests <= budget.requests for _, found in probes())
