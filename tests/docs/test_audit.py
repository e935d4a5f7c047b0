"""Kinds of drift and counts of a rebuild are on their page, as the code has them."""

import inspect
from dataclasses import fields

from encord_provider.ingestion.audit import QUERIES, DriftKind
from encord_provider.ingestion.rebuild import Rebuilt
from encord_provider.operators.ledger import EncordAuditOperator
from tests.docs.pages import Page, first_code

PAGE = "guides/when-something-is-missing"


def test_every_kind_of_drift_has_a_row_in_the_order_in_which_it_is_told() -> None:
    rows = Page.read(PAGE).under("What has drifted apart").table()

    assert first_code(rows) == [kind.value for kind in DriftKind] == [kind for kind, *_ in QUERIES]
    assert all(row[1] and row[2] for row in rows)


def test_every_count_of_a_rebuild_has_a_row() -> None:
    rows = Page.read(PAGE).under("The ledger is lost").table()

    assert first_code(rows) == [field.name for field in fields(Rebuilt)]


def test_the_time_after_which_work_is_judged_is_the_code_s() -> None:
    default = inspect.signature(EncordAuditOperator).parameters["in_flight_minutes"].default

    assert f"`--in-flight-minutes` ({default})" in Page.read(PAGE).text
