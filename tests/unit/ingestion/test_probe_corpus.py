"""With metadata that was read from ranges, Encord's items are what they are when it reads the whole files itself."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from encord_provider.ingestion.probe import Probing
from encord_provider.ledger.ledger import Ledger
from encord_provider.manifest.kinds import Kind
from encord_provider.media.grades import Grade
from encord_provider.media.modes import modes_of
from encord_provider.media.probe import probe
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import running_sandbox
from tests.unit.ingestion.conftest import Pipeline
from tests.unit.media.corpus import Case, corpus
from tests.unit.media.held import Held

FACTS = (
    "width",
    "height",
    "fps",
    "duration",
    "file_size",
    "mime_type",
    "dicom_study_uid",
    "dicom_series_uid",
)
SOUND_FACTS = ("audio_sample_rate", "audio_bit_depth", "audio_codec", "audio_num_channels")

NOT_WHOLE = "cut-99-index-last.mp4"
"""It lacks its last bytes, and all its frames decode: the sandbox refuses it for the bytes alone."""


@pytest.fixture
def unaided(pipeline: Pipeline, s3_integration: Integration, tmp_path: Path) -> Iterator[Pipeline]:
    """Give a pipeline of the same bucket, with another Encord, which is told nothing."""
    with (
        running_sandbox(integrations=[s3_integration]) as sandbox,
        Ledger(f"sqlite:///{tmp_path / 'unaided.db'}") as ledger,
    ):
        yield replace(pipeline, sandbox=sandbox, ledger=ledger)


def facts(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    """Map each item to its facts, as the SDK shows them."""
    return {
        item.name: {name: value for name in (*FACTS, *SOUND_FACTS) if (value := getattr(item, name, None))}
        for item in pipeline.items()
    }


def cases() -> dict[str, Case]:
    """Map titles to the corpus: a directory each, by which a DICOM series of one file is called.

    Without NIfTI, of which nothing is ever supplied.
    """
    titled = {}
    for number, case in enumerate(corpus()):
        key = f"{number}/{case.key}"
        titled[key.rpartition("/")[0] if case.kind is Kind.DICOM_SERIES else key] = case
    return {title: case for title, case in titled.items() if case.kind is not Kind.NIFTI}


def graded() -> dict[str, Grade]:
    """Map titles to grades."""
    return {
        title: probe(Held(case.content), case.key, len(case.content), case.kind).grade
        for title, case in cases().items()
    }


def put(pipeline: Pipeline) -> None:
    """Put the corpus into the bucket."""
    for title, case in cases().items():
        pipeline.bucket.put(f"{title.partition('/')[0]}/{case.key}", case.content)


def by_title(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    return {name.removeprefix(pipeline.bucket.prefix): found for name, found in facts(pipeline).items()}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_items_are_the_same_with_supplied_metadata_as_without(pipeline: Pipeline, unaided: Pipeline) -> None:
    put(pipeline)
    grades = graded()

    aided = replace(pipeline, probing=Probing(modes_of("safe")))
    accounts = [aided.ingest(), unaided.ingest()]

    with_metadata, without = by_title(aided), by_title(unaided)
    assert all(account.closed for account in accounts)
    different = {
        name: (found, without.get(name))
        for name, found in with_metadata.items()
        if not name.endswith(NOT_WHOLE)
        and {k: _rounded(v) for k, v in found.items()}
        != {k: _rounded(without.get(name, {}).get(k)) for k in found}
    }
    assert different == {}
    proven = {key for key, grade in grades.items() if grade is Grade.PROVEN}
    assert len(proven) > 190
    assert proven <= set(with_metadata)
    assert {grades[name] for name in set(without) - set(with_metadata)} <= {Grade.BROKEN}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_where_encord_may_read_nothing_what_is_proven_lands_and_the_rest_is_never_sent(
    pipeline: Pipeline, s3_integration: Integration, tmp_path: Path
) -> None:
    put(pipeline)
    strict_access = s3_integration.model_copy(update={"strict_client_only": True})
    with (
        running_sandbox(integrations=[strict_access]) as sandbox,
        Ledger(f"sqlite:///{tmp_path / 'strict.db'}") as ledger,
    ):
        strict = replace(pipeline, sandbox=sandbox, ledger=ledger, probing=Probing(modes_of("require")))
        account = strict.ingest()
        landed = by_title(strict)

    proven = {key for key, grade in graded().items() if grade is Grade.PROVEN}
    assert set(landed) == proven
    assert all(
        landed[key]["file_size"] == len(cases()[key].content)
        for key in proven
        if cases()[key].kind is not Kind.DICOM_SERIES
    )
    assert (account.registered, account.closed) == (len(proven), True)
    assert account.quarantined == len(cases()) - len(proven)
    assert not any("strict client-only" in (entry.reason or "") for entry in account.quarantine)


def _rounded(value: object) -> object:
    """Round to what a container that counts milliseconds can say."""
    return round(value, 2) if isinstance(value, float) else value
