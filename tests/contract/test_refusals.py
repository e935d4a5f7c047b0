"""Objects that Encord refuses, unit by unit, and what it says of each."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from encord.orm.dataset import DataUnitError, LongPollingStatus
from encord.orm.storage import UploadLongPollingState
from encord.storage import StorageFolder
from pydantic import SecretStr

from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import RunningSandbox
from tests import media
from tests.bucket import Bucket
from tests.contract.registration import register, registered, urls_of

BODIES: dict[str, Callable[[], bytes]] = {
    "video": media.video,
    "truncated video": lambda: media.video()[: len(media.video()) // 2],
    "image": media.image,
    "truncated image": lambda: media.image("jpeg")[:-200],
    "audio": media.audio,
    "pdf": media.pdf,
    "nifti": media.nifti,
    "dicom": media.dicom,
    "words": lambda: b"only words",
    "nothing": lambda: b"",
    "binary": lambda: bytes(range(128, 256)),
}


def refusal(state: UploadLongPollingState) -> DataUnitError:
    """Return the one unit error of a job that went on in spite of it."""
    assert (state.status, state.units_error_count) == (LongPollingStatus.DONE, 1)
    [error] = state.unit_errors
    assert isinstance(error.subtask_uuid, UUID)
    assert error.error
    assert error.action_description
    return error


@pytest.mark.parametrize(
    ("kind", "body", "name"),
    [
        ("videos", "image", "a.mp4"),
        ("videos", "words", "a.mp4"),
        ("images", "video", "a.png"),
        ("images", "words", "a.jpg"),
        ("audio", "pdf", "a.wav"),
        ("pdf", "image", "a.pdf"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_encords_words(
    folder: StorageFolder, integration: str, bucket: Bucket, *, kind: str, body: str, name: str
) -> None:
    url = bucket.put(name, BODIES[body]())
    error = refusal(register(folder, integration, {kind: [{"objectUrl": url}]}, ignore_errors=True))
    assert error.object_urls == [url]
    assert error.error.startswith("Expected a")
    assert "got a file of type" in error.error
    assert urls_of(folder) == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("videos", "nothing"),
        ("videos", "truncated video"),
        ("images", "nothing"),
        ("images", "truncated image"),
        ("audio", "nothing"),
        ("audio", "words"),
        ("pdf", "nothing"),
        ("nifti", "nothing"),
        ("nifti", "words"),
        ("text", "binary"),
    ],
)
def test_a_damaged_file_is_refused(
    folder: StorageFolder, integration: str, bucket: Bucket, kind: str, body: str
) -> None:
    url = bucket.put("a.txt" if kind == "text" else "a", BODIES[body]())
    error = refusal(register(folder, integration, {kind: [{"objectUrl": url}]}, ignore_errors=True))
    assert error.object_urls == [url]
    assert urls_of(folder) == []


@pytest.mark.parametrize("kind", ["videos", "images", "audio", "pdf", "text", "nifti", "time_series"])
def test_an_object_that_is_not_there_is_refused(
    folder: StorageFolder, integration: str, bucket: Bucket, kind: str
) -> None:
    url = bucket.url("nowhere")
    error = refusal(register(folder, integration, {kind: [{"objectUrl": url}]}, ignore_errors=True))
    assert error.object_urls == [url]


def test_a_url_of_another_cloud_is_refused(folder: StorageFolder, integration: str) -> None:
    url = "gs://bucket/a.png"
    error = refusal(register(folder, integration, {"images": [{"objectUrl": url}]}, ignore_errors=True))
    assert error.object_urls == [url]


def test_an_integration_with_a_wrong_secret_reads_nothing(
    folder: StorageFolder, bucket: Bucket, sandbox: RunningSandbox, s3_integration: Integration
) -> None:
    stranger = s3_integration.model_copy(
        update={"uuid": uuid4(), "secret_access_key": SecretStr("not the secret")}
    )
    integration = sandbox.add_integration(stranger)
    url = bucket.put("a.png", media.image())
    error = refusal(register(folder, integration, {"images": [{"objectUrl": url}]}, ignore_errors=True))
    assert "not the secret" not in error.error
    assert urls_of(folder) == []


def test_a_group_with_one_bad_frame_is_refused_whole_and_names_every_frame(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    good, bad = bucket.put("0.png", media.image()), bucket.put("1.png", b"only words")
    group = {"objectUrl_0": good, "objectUrl_1": bad, "title": "g", "createVideo": False}
    error = refusal(register(folder, integration, {"image_groups": [group]}, ignore_errors=True))
    assert error.object_urls == [good, bad]
    assert urls_of(folder) == []


def test_a_slice_of_another_study_is_refused_in_encords_words(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    other = f"{media.STUDY}.9"
    urls = [
        bucket.put("1.dcm", media.dicom(1)),
        bucket.put("2.dcm", media.dicom(2)),
        bucket.put("3.dcm", media.dicom(3, study=other)),
    ]
    series = {f"objectUrl_{number}": url for number, url in enumerate(urls)}
    manifest = {"dicom_series": [{"title": "scan", **series}]}
    error = refusal(register(folder, integration, manifest, ignore_errors=True))
    assert error.object_urls == urls
    assert error.error.startswith(
        "The value of DICOM tag 'StudyInstanceUID' should be consistent across files in a series. Got ["
    )
    assert error.error.endswith("from other files in the series.")
    assert other in error.error
    assert media.STUDY in error.error
    assert urls_of(folder) == []


def test_one_slice_twice_in_a_series_is_refused(
    folder: StorageFolder, integration: str, bucket: Bucket
) -> None:
    urls = [bucket.put(name, media.dicom(1)) for name in ("1.dcm", "2.dcm")]
    series = {f"objectUrl_{number}": url for number, url in enumerate(urls)}
    manifest = {"dicom_series": [{"title": "scan", **series}]}
    assert refusal(register(folder, integration, manifest, ignore_errors=True)).object_urls == urls


def test_a_sequence_needs_an_integration_that_can_write(
    folder: StorageFolder, bucket: Bucket, sandbox: RunningSandbox, s3_integration: Integration
) -> None:
    reader = s3_integration.model_copy(update={"uuid": uuid4(), "can_write": False})
    integration = sandbox.add_integration(reader)
    frames = {f"objectUrl_{number}": bucket.put(f"{number}.png", media.image()) for number in range(2)}
    entries = [
        {**frames, "title": title, "createVideo": title == "sequence"} for title in ("group", "sequence")
    ]
    state = register(folder, integration, {"image_groups": entries}, ignore_errors=True)
    refusal(state)
    assert [item.name for item in folder.list_items()] == ["group"]


@pytest.fixture
def strict(sandbox: RunningSandbox, s3_integration: Integration) -> str:
    """Add an integration whose objects never pass through Encord's servers."""
    return str(
        sandbox.add_integration(
            s3_integration.model_copy(update={"uuid": uuid4(), "title": "strict", "strict_client_only": True})
        )
    )


@pytest.mark.parametrize(
    ("kind", "body"), [("videos", "video"), ("images", "image"), ("dicom_series", "dicom")]
)
def test_strict_client_only_access_demands_media_metadata(
    folder: StorageFolder, strict: str, bucket: Bucket, kind: str, body: str
) -> None:
    url = bucket.put("a", BODIES[body]())
    entry = {"title": "a", "objectUrl_0" if kind == "dicom_series" else "objectUrl": url}
    error = refusal(register(folder, strict, {kind: [entry]}, ignore_errors=True))
    assert "metadata" in error.error.lower()
    assert urls_of(folder) == []


def test_strict_client_only_access_reads_nothing(folder: StorageFolder, strict: str, bucket: Bucket) -> None:
    url = bucket.url("nowhere.mp4")
    facts = {
        "fps": 25.0,
        "duration": 8.0,
        "width": 64,
        "height": 48,
        "file_size": 5,
        "mime_type": "video/mp4",
    }
    [item] = registered(folder, strict, {"videos": [{"objectUrl": url, "videoMetadata": facts}]})
    assert (item.url, item.fps, item.integration_hash) == (url, 25, UUID(strict))


def test_strict_client_only_access_makes_no_sequence(
    folder: StorageFolder, strict: str, bucket: Bucket
) -> None:
    frames = {f"objectUrl_{number}": bucket.put(f"{number}.png", media.image()) for number in range(2)}
    entry = {**frames, "title": "run", "createVideo": True}
    refusal(register(folder, strict, {"image_groups": [entry]}, ignore_errors=True))
    assert urls_of(folder) == []
