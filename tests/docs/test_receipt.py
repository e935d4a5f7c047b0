"""The receipt's fields, and the numbers of the demo that the pages show."""

import json
import re
from collections import Counter
from typing import Any

from demo.check import Comparison, Content, Found
from demo.corpus import CORPUS
from demo.ingestion import Receipt as DemoReceipt
from demo.report import Report
from encord_provider.ingestion.receipt import Receipt
from encord_provider.uploads.causes import Cause, cause_of
from tests.docs.pages import Page, code, first_code, readme

COUNTS = {
    "discovered": len(CORPUS),
    "registered": len(CORPUS.must_land),
    "already": 0,
    "excluded": len(CORPUS.excluded_keys),
    "quarantined": len(CORPUS.poison_keys),
    "pending": 0,
    "changed": 0,
    "gone": 0,
    "closed": True,
    "linked": len(CORPUS.units),
    "metadata": len(CORPUS.metadata),
}
"""What a first run over the corpus must count."""


def test_every_field_is_documented_in_order() -> None:
    documented = first_code([row[:1] for row in Page.read("reference/receipt").table(0)])

    nothing: dict[str, Any] = dict.fromkeys(("not_landed", "unsettled"), lambda: iter(()))
    empty = Receipt("run", "s3://fleet/", "fleet", 0, 0, 0, 0, 0, 0, 0, 0, **nothing)
    written = json.loads(b"".join(empty.pieces(linked=None, metadata=None)))
    assert documented == list(written)


def test_every_cause_is_documented_with_its_remedy() -> None:
    rows = Page.read("reference/receipt").under("What did not land").table()

    assert {code(row[0])[0]: row[2] for row in rows} == {cause.value: cause.remedy for cause in Cause}
    for cause, example, _ in rows[:-1]:
        assert cause_of(code(example)[0]) == code(cause)[0]


def test_the_receipt_shown_is_the_one_that_the_corpus_makes() -> None:
    shown = json.loads(Page.read("reference/receipt").blocks("json")[0].code)

    assert {name: shown[name] for name in shown if name != "uri"} == COUNTS


def test_the_demo_prints_what_the_page_shows() -> None:
    shown = Page.read("getting-started").blocks("text")[0].code
    uri = re.findall(r"^Receipt \((.+)\)$", shown, re.MULTILINE)[0]
    reasons = dict(re.findall(r"^ {10}(\S.*?): (.+)$", shown, re.MULTILINE))

    contents = [Content(unit.item_type, tuple(s.key for s in unit.sources)) for unit in CORPUS.units]
    found = Found(
        contents=Counter(contents),
        metadata={key: dict(wanted) for key, wanted in CORPUS.metadata.items()},
        rows=Counter(content.keys[0] for content in contents),
    )
    report = Report(DemoReceipt("demo", COUNTS | {"uri": uri}, reasons), Comparison(CORPUS, found), {})
    printed = "\n".join(report.lines())

    assert reasons.keys() == CORPUS.poison_keys
    assert report.holds
    assert _whole(shown) == _whole(printed.partition("\nWall time")[0])


def test_the_readme_and_the_guide_count_the_objects_as_the_demo_does() -> None:
    phrase = f"{len(CORPUS)} objects in it"

    assert phrase in " ".join(readme().text.split())
    assert phrase in " ".join(Page.read("getting-started").text.split())


def _whole(text: str) -> list[str]:
    """Return the lines that say something; how many items of each type come in any order."""
    return sorted(", ".join(sorted(line.strip().split(", "))) for line in text.splitlines() if line.strip())
