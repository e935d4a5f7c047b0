"""The end of the demo: it says yes only when everything holds."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from demo.check import Comparison
from demo.corpus import CORPUS
from demo.ingestion import Receipt
from demo.report import Report
from tests.unit.demo.test_check import perfect

COUNTS: Mapping[str, Any] = {
    "discovered": 64,
    "registered": 58,
    "already": 0,
    "excluded": 2,
    "quarantined": 4,
    "pending": 0,
    "linked": 35,
    "closed": True,
    "uri": "file:///receipt.json",
}
REASONS = {bad.source.key: bad.why for bad in CORPUS.poison}


def report(counts: Mapping[str, Any] = COUNTS, reasons: Mapping[str, str] = REASONS) -> Report:
    return Report(Receipt("by_hand", counts, reasons), Comparison(CORPUS, perfect()), {"DAG run": 40.0})


def test_it_holds_when_all_is_well() -> None:
    assert report().holds


def test_a_receipt_that_does_not_close_does_not_hold() -> None:
    assert not report({**COUNTS, "closed": False}).holds


def test_poison_that_the_receipt_does_not_name_does_not_hold() -> None:
    silent = report(reasons=dict(list(REASONS.items())[1:]))

    assert not silent.holds
    assert any("quarantined in silence" in line for line in silent.lines())


def test_a_fault_that_the_sdk_found_does_not_hold() -> None:
    found = perfect()
    found.contents.clear()

    assert not Report(Receipt("by_hand", COUNTS, REASONS), Comparison(CORPUS, found), {}).holds


def test_every_quarantined_object_is_shown_with_its_reason() -> None:
    text = "\n".join(report().lines())

    assert all(f"{key}: {why}" in text for key, why in REASONS.items())


def test_the_last_line_is_the_receipt_as_json() -> None:
    *_, last = report().lines()

    assert json.loads(last) == COUNTS


@pytest.mark.parametrize(("registered", "said"), [(0, True), (58, False)])
def test_a_run_that_registers_nothing_says_so(registered: int, *, said: bool) -> None:
    text = "\n".join(report({**COUNTS, "registered": registered}).lines())

    assert ("nothing is new since the last run" in text) is said
