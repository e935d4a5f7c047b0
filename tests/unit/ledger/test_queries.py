"""No step of a run reads a table from its beginning to its end, whatever is in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

from encord_provider.ledger.fates import Fate
from encord_provider.ledger.ledger import Ledger
from encord_provider.manifest.kinds import Kind
from tests.unit.ledger.steps import TARGET, Steps
from tests.unit.manifest.listed import listed

LARGE = "objects|run_objects|manifests|held_groups|given_metadata"
"""The tables that grow with the objects; of runs there are few, and of leases fewer."""

READ_WHOLE = {"sqlite": rf"SCAN (?:{LARGE})(?! USING)", "postgresql": rf"Seq Scan on (?:{LARGE})\b"}
"""How each database says that it would look at every row."""


@contextmanager
def noted() -> Iterator[dict[str, Any]]:
    """Note every statement that looks for rows, with parameters that it came with."""
    statements: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, sql: str, *about: Any) -> None:
        parameters, _context, many = about
        if re.match(r"SELECT|UPDATE|DELETE", sql) and re.search(rf"\b(?:{LARGE})\b", sql):
            statements[sql] = parameters[0] if many else parameters

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def take_every_step(ledger: Ledger) -> None:
    """Do everything that tasks do with a ledger."""
    steps = Steps(ledger)
    run = steps.key("run")
    places = [(Kind.IMAGE_GROUP, "group")]
    bucket = "https://fleet.example.com/"
    members = [listed("1.png"), listed("2.png")]
    late, refused, held = listed("late.mp4"), listed("refused.xyz"), listed("held.png")
    steps.record("run", *members, late, refused, held)
    ledger.objects.waiting(TARGET, [late])
    ledger.objects.numbered([1, 2])
    steps.new("run")
    steps.hold("run", held)
    ledger.objects.quarantine(TARGET, [refused], "no such kind")
    ledger.objects.revive(run, places, bucket)
    ledger.objects.with_fates(TARGET, places, bucket, [Fate.SUBMITTED, Fate.REGISTERED])
    ledger.objects.registered(TARGET, [late.url])
    grouped = steps.plan("run", *members, unit="group")
    single = steps.plan("run", late)
    ledger.manifests.of_run(run)
    ledger.manifests.get(single)
    for manifest in (grouped, single):
        ledger.manifests.of_jobs([steps.submit("run", manifest)])
        ledger.objects.members(manifest)
    steps.settle(grouped, registered=["group"])
    ledger.parts.release([single])
    ledger.objects.fates([grouped, single])
    ledger.objects.reasons([grouped, single], 20)
    steps.account("run")
    (page,) = ledger.quarantine.pages(run)
    ledger.quarantine.among(run, [entry.id for entry in page])
    ledger.quarantine.latest_listing(TARGET, run.source)
    ledger.quarantine.release([page[0].id], 9.0)
    ledger.runs.held(run)
    list(ledger.open_objects.pages(run))
    list(ledger.entries.of_target(TARGET))
    ledger.entries.of_url(TARGET, late.url)
    ledger.given_metadata.record("table", {"item": {"camera": "front"}})
    ledger.given_metadata.of("table", ["item"])
    ledger.given_metadata.forget(["item"])
    ledger.runs.prune(before=9e9)


def plan_of(connection: Connection, sql: str, parameters: Any) -> str:  # noqa: ANN401 - as drivers take them
    """Return how the database would execute a statement in a table too large to be read whole."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
        return "\n".join(row.detail for row in rows)
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # it reads a table whole only where it must
    return "\n".join(connection.exec_driver_sql(f"EXPLAIN {sql}", parameters).scalars())


def test_every_step_finds_its_rows_by_an_index(ledger: Ledger) -> None:
    with noted() as statements:
        take_every_step(ledger)

    with ledger.transaction() as connection:
        sign = READ_WHOLE[connection.dialect.name]
        plans = {sql: plan_of(connection, sql, parameters) for sql, parameters in statements.items()}

    assert len(plans) > 30
    assert {sql: plan for sql, plan in plans.items() if re.search(sign, plan)} == {}


def test_a_statement_without_an_index_would_be_found(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        plan = plan_of(connection, "SELECT 1 FROM objects WHERE size = 1", ())

        assert re.search(READ_WHOLE[connection.dialect.name], plan)
