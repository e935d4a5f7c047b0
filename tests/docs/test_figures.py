"""Numbers that the prose names: each is one of the code's."""

import inspect

import pytest

from encord_provider.encord_api.polling import CONNECTIONS
from encord_provider.encord_api.throttle import AGAIN_SECONDS, MOST_PER_SECOND, RECOVERY_SECONDS, SLOW_SECONDS
from encord_provider.errors import SHOWN_FAULTS
from encord_provider.ingestion.pacing import JOB_SECONDS, LEARNED_JOBS, RANGE, ROOM_SECONDS
from encord_provider.ingestion.pacing import SLOW_SECONDS as SLOW_START_SECONDS
from encord_provider.ingestion.places import PLACE_SECONDS
from encord_provider.ingestion.plan import BUILD_PATIENCE_SECONDS, BUILD_SECONDS
from encord_provider.ingestion.submit import PATIENCE_SECONDS, SUBMIT_SECONDS
from encord_provider.ingestion.upsert import PATIENCE_SECONDS as UPSERT_PATIENCE_SECONDS
from encord_provider.ledger.engine import BUSY_SECONDS
from encord_provider.ledger.pacing import DEFAULT_BOUNDS, FORGOTTEN_SECONDS, LOOK_SECONDS, REST_SECONDS
from encord_provider.ledger.pacing import RECOVERY_SECONDS as JOBS_RECOVERY_SECONDS
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Advice
from encord_provider.operators.manifest import EncordBuildManifestOperator
from encord_provider.sensors.bucket import EncordBucketSensor
from encord_provider.triggers.upload import JOBS_AT_ONCE
from encord_provider.uploads.pace import FAR, FIRST_POLL_SECONDS
from encord_provider.uploads.watch import SILENCE_SECONDS
from encord_provider.uploads.window import SHARE_KEPT
from tests.docs.pages import Page

WAIT_MINUTES = inspect.signature(EncordBucketSensor).parameters["wait_minutes"].default
HOURS = {3600.0: "an hour"}
MOST_MANIFESTS = inspect.signature(EncordBuildManifestOperator).parameters["max_manifests"].default


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("guides/first-dag", f"for up to `wait_minutes` ({WAIT_MINUTES})"),
        ("reference/operators", f"{JOBS_AT_ONCE} at a time"),
        ("reference/operators", f"grow from {FIRST_POLL_SECONDS:g} seconds"),
        ("reference/polling", f"at most {CONNECTIONS} connections"),
        ("reference/polling", f"after {FIRST_POLL_SECONDS:g} seconds"),
        ("reference/polling", f"up to {FAR} times `poke_interval` pass"),
        ("reference/polling", f"answered for {SILENCE_SECONDS / 60:g} minutes"),
        ("reference/polling", f"at most {MOST_PER_SECOND:g} a second"),
        ("reference/polling", f"longer than {SLOW_SECONDS:g} seconds"),
        ("reference/polling", f"at {SHARE_KEPT:.0%} of what".replace("%", " %")),
        ("reference/polling", f"after {RECOVERY_SECONDS:g} seconds they are"),
        ("reference/polling", f"less than {AGAIN_SECONDS:g} seconds ago"),
        ("reference/polling", f"in Encord, {JOBS_AT_ONCE} at a time"),
        (
            "reference/polling",
            f"At most {DEFAULT_BOUNDS.jobs} jobs with {DEFAULT_BOUNDS.units:,} units together",
        ),
        ("reference/configuration", f"{DEFAULT_BOUNDS.jobs} upload jobs"),
        ("reference/configuration", f"{DEFAULT_BOUNDS.units:,} units"),
        ("reference/polling", f"took longer than {SLOW_START_SECONDS:g} seconds"),
        ("reference/polling", f"after {JOBS_RECOVERY_SECONDS / 60:g} minutes as many again"),
        ("reference/polling", f"and {REST_SECONDS:g} seconds pass in any case"),
        ("reference/polling", f"every {LOOK_SECONDS:g} seconds which of the jobs"),
        ("reference/polling", f"after {FORGOTTEN_SECONDS / 60:g} minutes. At most"),
        ("reference/polling", f"From {LEARNED_JOBS} jobs on"),
        ("reference/polling", f"ends in {JOB_SECONDS / 60:g} minutes, but at most {RANGE} times"),
        ("reference/configuration", f"up to {BUSY_SECONDS} seconds"),
        ("reference/errors", f"at most {SHOWN_FAULTS} faults"),
        ("reference/limits", f"({MOST_MANIFESTS}) comes before the advice"),
        ("guides/backfills", "waits up to two minutes"),
        ("reference/limits", "a manifest of 50 videos and 500 images is full"),
        ("design/delivery", f"writes to the ledger at least every {SUBMIT_SECONDS // 60} minutes"),
        ("design/delivery", f"lapses {BUILD_SECONDS // 60} minutes after its last page"),
        ("design/delivery", f"keeps the others waiting for up to {PLACE_SECONDS // 60} minutes"),
        ("guides/large-buckets", f"at most `max_manifests` ({MOST_MANIFESTS})"),
        ("guides/large-buckets", f"is for {DEFAULT_BOUNDS.units:,} units at a time"),
        ("guides/large-buckets", f"each try gives up after {HOURS[ROOM_SECONDS]}"),
    ],
)
def test_a_number_in_the_prose_is_the_code_s(page: str, sentence: str) -> None:
    assert sentence in " ".join(Page.read(page).text.split())


def test_a_manifest_of_the_limits_page_is_full() -> None:
    advice = Advice()

    assert 50 * advice.share(Kind.VIDEO) + 500 * advice.share(Kind.IMAGE) == 1


def test_the_patience_of_each_lease_is_the_code_s() -> None:
    rows = Page.read("design/delivery").under("One at a time").table()

    assert {row[0]: row[2] for row in rows} == {
        "build": _minutes(BUILD_PATIENCE_SECONDS),
        "submit": _minutes(PATIENCE_SECONDS),
        "bisect": _minutes(PATIENCE_SECONDS),
        "folder, dataset": _minutes(PATIENCE_SECONDS),
        "metadata, metadata schema": _minutes(UPSERT_PATIENCE_SECONDS),
    }
    assert (BUILD_PATIENCE_SECONDS, PLACE_SECONDS) == (120, SUBMIT_SECONDS)


def _minutes(seconds: int) -> str:
    minutes = seconds // 60
    return f"up to {minutes} minute{'s' if minutes > 1 else ''}"
