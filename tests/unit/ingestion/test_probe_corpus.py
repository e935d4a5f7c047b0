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


def proven() -> list[Case]:
    return [
        case
        for case in corpus()
        if case.kind is not Kind.NIFTI
        and not case.key.endswith(NOT_WHOLE)
        and probe(Held(case.content), case.key, len(case.content), case.kind).grade is Grade.PROVEN
    ]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_items_are_the_same_with_supplied_metadata_as_without(pipeline: Pipeline, unaided: Pipeline) -> None:
    cases = proven()
    for number, case in enumerate(cases):
        pipeline.bucket.put(
            f"{number}/{case.key}", case.content
        )  # a directory each: DICOM files make no series

    aided = replace(pipeline, probing=Probing(modes_of("safe")))
    accounts = [aided.ingest(), unaided.ingest()]

    with_metadata, without = facts(aided), facts(unaided)
    assert [[entry.reason for entry in account.quarantine] for account in accounts] == [[], []]
    assert len(cases) > 190
    different = {
        name: (found, without[name])
        for name, found in with_metadata.items()
        if {k: _rounded(v) for k, v in found.items()} != {k: _rounded(without[name].get(k)) for k in found}
    }
    assert different == {}


def _rounded(value: object) -> object:
    """Round to what a container that counts milliseconds can say."""
    return round(value, 2) if isinstance(value, float) else value
