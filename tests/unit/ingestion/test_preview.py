"""What a run would do: what it then does, and nothing is done."""

import hashlib
from pathlib import Path

from encord_provider.errors import SHOWN_FAULTS
from encord_provider.ingestion.preview import REQUESTS_A_MANIFEST, Preview, preview
from encord_provider.ingestion.rules import Rules
from encord_provider.manifest.limits import Advice, Limits
from tests import media
from tests.unit.ingestion.conftest import FOLDER, Pipeline

GROUPS = r"(?P<unit>.*/groups/[^/]+)/"


def previewed(pipeline: Pipeline, units_per_job: int = 1000) -> Preview:
    rules = Rules(pipeline.grouping, Limits(), Advice(units={}, other_units=units_per_job), manifests=100)
    return preview(pipeline.run("preview"), pipeline.source, rules, SHOWN_FAULTS)


def digests(directory: Path) -> dict[str, str]:
    """Return what each file under *directory* holds."""
    files = (path for path in directory.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_run_then_does_what_was_told_and_the_telling_changed_nothing(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    pipeline.bucket.put("first.png", media.image(shade=1))
    grouped = pipeline.grouped(image_groups=GROUPS)
    grouped.ingest("earlier")
    for shade in range(4):
        grouped.bucket.put(f"{shade}.png", media.image(shade=shade))
        grouped.bucket.put(f"groups/a/{shade}.png", media.image(shade=shade))
    grouped.bucket.put("first.png", media.image(shade=99))
    grouped.bucket.put("empty.png", b"")
    grouped.bucket.put("left-out.tmp", b"not wanted")
    grouped.ledger.close()
    before, asked = digests(tmp_path), len(grouped.sandbox.requests)

    told = previewed(grouped, units_per_job=3)

    grouped.ledger.close()
    assert digests(tmp_path) == before
    assert len(grouped.sandbox.requests) == asked, "Encord was asked"
    assert (told.listing.discovered, told.listing.excluded) == (11, 1)
    assert (told.new, told.blocked, len(told.manifests)) == (8, 1, 2)
    assert [entry.reason for entry in told.reasons] == ["the object is empty"]
    assert sorted(record.units for record in told.manifests) == [2, 3]
    made = grouped.build("run", units_per_job=3)
    assert len(made) == len(told.manifests)
    assert sum(grouped.ledger.objects.fates(made).values()) == told.new


def test_what_an_earlier_run_left_behind_is_told_apart(pipeline: Pipeline) -> None:
    pipeline.bucket.put("a.png", media.image())
    (left,) = pipeline.build("dies")

    told = previewed(pipeline)

    assert (told.new, told.manifests, told.requests) == (0, (), REQUESTS_A_MANIFEST)
    assert [(record.id, record.built_by) for record in told.left_behind] == [(left, "dies")]


def test_a_submission_makes_as_many_requests_as_told(pipeline: Pipeline) -> None:
    pipeline.sandbox.client().create_storage_folder(FOLDER)
    pipeline.bucket.put("a.png", media.image())
    told = previewed(pipeline)
    (manifest,) = pipeline.build()
    before = len(pipeline.sandbox.requests)

    pipeline.submit(manifest)

    assert len(pipeline.sandbox.requests) - before == told.requests
