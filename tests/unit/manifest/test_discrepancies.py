"""Where pages, SDK and platform differ: what we take and what we write, a test for each row of the page.

A test names its row with `of`; the last one holds that no row goes without.
"""

import io
import json
from collections.abc import Callable
from typing import Any, Final, TypeVar

import pytest
from encord.constants.enums import DataType
from encord.dataset import Dataset
from encord.metadata_schema import MetadataSchema as SdkSchema
from encord.orm.dataset import DatasetDataLongPolling as DatasetJob
from encord.orm.dataset import LongPollingStatus, StorageLocation
from encord.orm.storage import DataUploadItems, StorageItemType, StorageLocationName, UploadLongPollingState
from encord.storage import StorageFolder
from encord.user_client import EncordUserClient

from encord_provider.encord_api.items import upload_items
from encord_provider.errors import BadManifest, BadTable
from encord_provider.manifest import external, typed
from encord_provider.manifest.csv_reader import CsvReader
from encord_provider.manifest.csv_writer import write_csv
from encord_provider.manifest.faults import Fault, Severity
from encord_provider.manifest.json_reader import JsonReader
from encord_provider.manifest.json_writer import Dialect, write_json
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Advice, Limits
from encord_provider.manifest.manifests import Manifest
from encord_provider.manifest.media_metadata import AudioMetadata, ImageMetadata, VideoMetadata
from encord_provider.manifest.object_urls import ObjectUrl, UrlForm
from encord_provider.manifest.schema import KeyType, MetadataSchema
from encord_provider.manifest.units import File, Unit
from encord_provider.sandbox.cloud import Integration
from encord_provider.sandbox.testing import RunningSandbox
from tests.bucket import Bucket
from tests.docs.pages import Page

HOST = "https://fleet.s3.eu-west-1.amazonaws.com"
URL = f"{HOST}/path/to/a.mp4"
FRAMES = {"objectUrl_0": f"{HOST}/0.jpg", "objectUrl_1": f"{HOST}/1.jpg"}
SLICES = {"objectUrl_0": f"{HOST}/0.dcm"}

PATIENCE_SECONDS = 60

ROWS: Final = {
    row[0].replace("`", ""): row
    for row in Page.read("reference/manifest").under("Where pages and SDK differ").table()
}
TESTED: Final[set[str]] = set()

Test = TypeVar("Test", bound=Callable[..., None])


def of(*rows: str) -> Callable[[Test], Test]:
    """Name the rows of the page's table that a test is of."""
    TESTED.update(rows)
    return lambda test: test


def read(text: str) -> tuple[list[Unit], list[Fault]]:
    """Read a manifest of either form; return its units and every fault of it."""
    stream = io.BytesIO(text.encode())
    reader = (JsonReader if text.startswith("{") else CsvReader)(stream, Limits())
    readings = list(reader)
    faults = [fault for reading in readings for fault in reading.faults]
    return [reading.unit for reading in readings if reading.unit], faults + reader.faults


def entry(key: str, **values: Any) -> tuple[Unit, list[tuple[str, Severity]]]:
    """Read one entry in JSON; return its unit, and rule and severity of each fault."""
    (unit,), faults = read(json.dumps({key: [values], "skip_duplicate_urls": True}))
    return unit, [(fault.rule, fault.severity) for fault in faults]


def written(*units: Unit, dialect: Dialect = Dialect.DOCUMENTED) -> dict[str, Any]:
    """Write a manifest in JSON and read it as a stranger does."""
    out = io.BytesIO()
    write_json(units, out, dialect=dialect)
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def csv_of(*units: Unit) -> str:
    """Write a manifest in CSV."""
    out = io.BytesIO()
    write_csv(units, out)
    return out.getvalue().decode()


GROUP = Unit(Kind.IMAGE_GROUP, "g", tuple(FRAMES.values()))
SEQUENCE = Unit(Kind.IMAGE_SEQUENCE, "s", tuple(FRAMES.values()))
SERIES = Unit(Kind.DICOM_SERIES, "d", tuple(SLICES.values()))
VIDEO = Unit(Kind.VIDEO, "v", (URL,))


@of("default title")
def test_a_default_title_is_read_as_the_path_with_its_slash_and_never_relied_on() -> None:
    unit, faults = entry("videos", objectUrl=URL)

    assert unit.title == "/path/to/a.mp4"
    assert faults == [("title", Severity.NOTE)]
    assert [video["title"] for video in written(VIDEO)["videos"]] == ["v"]


@of("title of groups")
@pytest.mark.parametrize("title", [{}, {"title": None}])
def test_a_group_may_have_no_title_and_is_written_with_one(title: dict[str, None]) -> None:
    unit, faults = entry("image_groups", createVideo=False, **FRAMES, **title)

    assert unit.title == "/0.jpg"
    assert faults == [("title", Severity.NOTE)]
    assert [group["title"] for group in written(GROUP, SEQUENCE)["image_groups"]] == ["g", "s"]


@of("title of a DICOM series")
def test_a_series_may_have_no_title_and_is_written_with_one() -> None:
    unit, faults = entry("dicom_series", **SLICES)
    (row,), csv_faults = read(f"ObjectUrl,Series title\n{HOST}/ct/7.dcm,\n")

    assert (unit.title, row.title) == ("/0.dcm", "7.dcm")
    assert faults == [("title", Severity.NOTE)]
    assert [(fault.rule, fault.severity) for fault in csv_faults] == [("title", Severity.NOTE)]
    assert [series["title"] for series in written(SERIES)["dicom_series"]] == ["d"]


@of("createVideo of groups")
def test_an_absent_create_video_is_false_and_noted_and_is_always_written() -> None:
    unit, faults = entry("image_groups", title="g", **FRAMES)

    assert unit.kind is Kind.IMAGE_GROUP
    assert faults == [("createVideo", Severity.NOTE)]
    for dialect, key in ((Dialect.DOCUMENTED, "image_groups"), (Dialect.TYPED, "imageGroups")):
        assert written(GROUP, dialect=dialect)[key][0]["createVideo"] is False


@of("createVideo of sequences")
def test_a_sequence_says_that_it_is_one() -> None:
    unit, faults = entry("image_groups", title="s", createVideo=True, **FRAMES)

    assert unit.kind is Kind.IMAGE_SEQUENCE
    assert faults == []
    for dialect, key in ((Dialect.DOCUMENTED, "image_groups"), (Dialect.TYPED, "imageGroups")):
        assert written(SEQUENCE, dialect=dialect)[key][0]["createVideo"] is True


@of("createVideo of DICOM series", "createVideo of videos and images")
@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize(
    ("key", "kind", "urls"),
    [
        ("dicom_series", Kind.DICOM_SERIES, SLICES),
        ("videos", Kind.VIDEO, {"objectUrl": URL}),
        ("images", Kind.IMAGE, {"objectUrl": f"{HOST}/a.jpg"}),
    ],
)
def test_create_video_is_passed_over_where_it_means_nothing_and_not_written_there(
    key: str, kind: Kind, urls: dict[str, str], *, value: bool
) -> None:
    unit, faults = entry(key, title="t", createVideo=value, **urls)

    assert unit == Unit(kind, "t", tuple(urls.values()))
    assert faults == []
    for dialect in Dialect:
        assert "createVideo" not in json.dumps(written(unit, dialect=dialect))


@of("Create video in CSV")
def test_a_blank_create_video_in_csv_is_true_and_is_never_left_blank() -> None:
    header = "ObjectUrl,Image group title,Create video\n"
    blank, _ = read(f"{header}{HOST}/0.jpg,g,\n")
    absent, _ = read(f"ObjectUrl,Image group title\n{HOST}/0.jpg,g\n")

    assert [unit.kind for unit in blank + absent] == [Kind.IMAGE_SEQUENCE] * 2
    rows = [line for line in csv_of(VIDEO, GROUP, SEQUENCE, SERIES).splitlines() if "Object" not in line]
    assert [row.rpartition(",")[2] for row in rows] == ["false", "false", "false", "true", "true", "false"]


@of("duration of audio")
@pytest.mark.parametrize("name", ["duration_seconds", "duration"])
def test_the_duration_of_a_sound_has_two_names_and_each_dialect_its_own(name: str) -> None:
    facts = {
        "file_size": 1,
        "mime_type": "audio/wav",
        "sample_rate": 8000,
        "bit_depth": 16,
        "codec": "pcm",
        "num_channels": 1,
    }
    unit, faults = entry("audio", title="a", objectUrl=f"{HOST}/a.wav", audioMetadata={name: 0.5, **facts})

    assert unit.media == AudioMetadata(0.5, 1, "audio/wav", 8000, 16, "pcm", 1)
    assert faults == []
    assert written(unit)["audio"][0]["audioMetadata"]["duration_seconds"] == 0.5
    assert written(unit, dialect=Dialect.TYPED)["audio"][0]["audioMetadata"]["duration"] == 0.5


@of("case of media metadata")
@pytest.mark.parametrize(("mime", "size"), [("mime_type", "file_size"), ("mimeType", "fileSize")])
def test_media_metadata_are_read_in_either_case_and_written_as_each_page_has_them(
    mime: str, size: str
) -> None:
    image, _ = entry(
        "images",
        title="i",
        objectUrl=f"{HOST}/a.png",
        imageMetadata={mime: "image/png", size: 9, "width": 3, "height": 4},
    )
    text, _ = entry("text", title="t", objectUrl=f"{HOST}/a.txt", textMetadata={mime: "text/plain", size: 5})

    assert image.media == ImageMetadata("image/png", 9, 3, 4)
    document = written(image, text)
    assert set(document["images"][0]["imageMetadata"]) == {"mimeType", "fileSize", "width", "height"}
    assert set(document["text"][0]["textMetadata"]) == {"mime_type", "file_size"}
    document = written(image, text, dialect=Dialect.TYPED)
    assert set(document["text"][0]["textMetadata"]) == {"mimeType", "fileSize"}


@of("case of flags")
@pytest.mark.parametrize(
    "names", [("skip_duplicate_urls", "upsert_metadata"), ("skipDuplicateUrls", "upsertMetadata")]
)
def test_flags_are_read_in_either_case_and_written_in_that_of_their_dialect(names: tuple[str, str]) -> None:
    manifest = Manifest.from_json(json.dumps(dict.fromkeys(names, True)).encode())

    assert (manifest.skip_duplicate_urls, manifest.upsert_metadata) == (True, True)
    assert json.loads(manifest.to_json()) == {"skip_duplicate_urls": True, "upsert_metadata": True}
    assert json.loads(manifest.to_json(Dialect.TYPED)) == {"skipDuplicateUrls": True, "upsertMetadata": True}


@of("lists of PDF, text, NIfTI, time series")
@pytest.mark.parametrize(
    ("kind", "names", "attribute"),
    [
        (Kind.PDF, ("pdf", "pdfs"), "pdf"),
        (Kind.TEXT, ("text", "texts", "text_files", "plain_text"), "text"),
        (Kind.NIFTI, ("nifti", "niftis"), "nifti"),
        (Kind.TIME_SERIES, ("time_series", "timeSeries"), "time_series"),
        (Kind.AUDIO, ("audio", "audios"), "audio"),
    ],
)
def test_lists_that_no_page_names_are_read_under_any_name_and_sent_in_the_typed_form(
    kind: Kind, names: tuple[str, ...], attribute: str
) -> None:
    for name in names:
        unit, _ = entry(name, title="t", objectUrl=f"{HOST}/a")
        assert unit == Unit(kind, "t", (f"{HOST}/a",))

    sent: DataUploadItems = upload_items(Manifest((unit,)))
    assert [item.object_url for item in getattr(sent, attribute)] == [f"{HOST}/a"]


@of("DICOM heading in CSV")
@pytest.mark.parametrize("heading", ["Series title", "Dicom title", "dicom TITLE"])
def test_titles_of_series_stand_under_either_heading_and_are_written_under_one(heading: str) -> None:
    assert read(f"ObjectUrl,{heading}\n{HOST}/0.dcm,d\n") == ([SERIES], [])
    assert csv_of(SERIES).startswith("ObjectURL,Series title\r\n")


@of("entries of a CSV")
def test_a_csv_of_ten_thousand_entries_is_taken_and_no_longer_one() -> None:
    row = f"{URL},v\n"
    full, over = (read(f"ObjectUrl,Video title\n{row * rows}")[1] for rows in (10_000, 10_001))

    assert full == []
    assert [(fault.rule, fault.severity) for fault in over] == [("CSV entries", Severity.ERROR)]
    with pytest.raises(BadManifest, match="10001 rows, Encord takes 10000"):
        csv_of(*[VIDEO] * 10_001)


def new_folder(sandbox: RunningSandbox, name: str) -> StorageFolder:
    """Make a folder."""
    client = EncordUserClient.create_with_ssh_private_key(sandbox.private_key, domain=sandbox.url)
    return client.create_storage_folder(name)


def register(folder: StorageFolder, integration: Integration, *units: Unit) -> UploadLongPollingState:
    """Register units and wait for the end of the job."""
    job = folder.add_private_data_to_folder_start(
        str(integration.uuid), upload_items(Manifest(units)), ignore_errors=True
    )
    return folder.add_private_data_to_folder_get_result(job, timeout_seconds=PATIENCE_SECONDS)


TRUSTED = Unit(
    Kind.VIDEO,
    "v",
    ("s3://b/v.mp4",),
    files=(File(media=VideoMetadata(10, 1, 64, 48, 999, "video/mp4")),),
)


@of("scope of duplicates")
def test_a_url_is_a_duplicate_in_its_own_folder_alone(
    sandbox: RunningSandbox, s3_integration: Integration
) -> None:
    folders = [new_folder(sandbox, name) for name in ("one", "other")]

    for folder in (*folders, *folders):
        register(folder, s3_integration, TRUSTED)

    assert [len(list(folder.list_items())) for folder in folders] == [1, 1]


@of("failed units")
def test_failed_units_of_a_job_that_ended_done_are_told_one_by_one(
    sandbox: RunningSandbox, s3_integration: Integration, bucket: Bucket
) -> None:
    text = Unit(Kind.IMAGE, "no image", (bucket.put("a.png", b"words"),))

    state = register(new_folder(sandbox, "fleet"), s3_integration, TRUSTED, text)

    assert (state.status, state.units_error_count) == (LongPollingStatus.DONE, 1)
    assert [error.object_urls for error in state.unit_errors] == [list(text.urls)]


@of("flags and custom metadata in CSV")
def test_a_csv_says_no_flags_and_custom_metadata_are_refused_not_dropped() -> None:
    reader = CsvReader(io.BytesIO(csv_of(VIDEO).encode()), Limits())

    assert [reading.unit for reading in reader] == [VIDEO]
    assert (reader.flags.skip_duplicate_urls, reader.flags.upsert_metadata) == (False, False)
    with pytest.raises(BadManifest, match="no place for custom metadata"):
        csv_of(Unit(Kind.VIDEO, "v", (URL,), client_metadata={"k": 1}))


def embedding(size: int, name: str = "e", limits: Limits | None = None) -> MetadataSchema:
    """Declare a schema of one embedding."""
    return MetadataSchema.from_wire({name: {"ty": "embedding", "size": size, "api": None}}, limits)


@of("size of embeddings")
def test_embeddings_have_the_sizes_of_index_or_fewer_where_active_is_used() -> None:
    assert [embedding(size).keys["e"].size for size in (1, 512, 2_000, 4_096)] == [1, 512, 2_000, 4_096]
    for size, limits in ((0, None), (4_097, None), (2_001, Limits(embedding_numbers=2_000))):
        with pytest.raises(BadTable):
            embedding(size, limits=limits)
    assert list(embedding(2).problems({"e": [0.5, 1]})) == []
    assert list(embedding(2).problems({"e": [0.5]})) == ["'e': 1 numbers, the schema says 2"]


@of("characters in embedding keys")
@pytest.mark.parametrize("name", ["clip-b_32", "clip b.32"])
def test_the_key_of_an_embedding_may_have_what_any_key_of_a_schema_may(name: str) -> None:
    assert embedding(2, name).keys == {name: KeyType("embedding", size=2)}


@of("type uuid")
def test_a_uuid_is_any_text_until_a_schema_says_uuid() -> None:
    schema = MetadataSchema.from_wire({"id": {"ty": "variant", "hint": "uuid"}})
    unit, faults = entry("videos", title="v", objectUrl=URL, clientMetadata={"id": "patient 7"})

    assert (unit.client_metadata, faults) == ({"id": "patient 7"}, [])
    assert [fault.problem for fault in schema.faults_of(unit)] == ["'id': 'patient 7' is not a UUIDv4"]
    assert list(schema.problems({"id": "5f0c6f0e-9d0b-4a52-8a37-0a2d1b1c3d4e"})) == []


@of("deleting a schema key")
@pytest.mark.parametrize("deleted_type", [{"ty": "variant", "hint": "number"}, None])
def test_a_deleted_key_of_a_schema_is_a_free_key_however_it_was_deleted(deleted_type: object) -> None:
    schema = MetadataSchema.from_wire({"fruit": {"ty": "tombstone", "deleted_ty": deleted_type}})

    assert list(schema.problems({"fruit": "an apple"})) == []
    assert hasattr(SdkSchema, "delete_key")
    assert not hasattr(SdkSchema, "delete")


@of("samples of code")
def test_a_job_of_a_folder_and_one_of_a_dataset_name_their_failed_units_differently() -> None:
    assert "unit_errors" in UploadLongPollingState.model_fields
    assert "data_unit_errors" in DatasetJob.model_fields
    assert "unit_errors" not in DatasetJob.model_fields


@of("deleting a dataset")
def test_nothing_in_the_sdk_deletes_a_dataset() -> None:
    assert [name for name in dir(Dataset) if name.startswith("delete")] == ["delete_data"]
    assert [name for name in dir(EncordUserClient) if "delete" in name and "dataset" in name] == []


@of("samples with commas too many")
def test_a_comma_too_many_is_told_with_line_and_path_and_nothing_is_lost() -> None:
    text = f'{{"skip_duplicate_urls": true,\n"dicom_series": [\n{{"title": "d", "objectUrl_0": "{HOST}/0.dcm",}}]}}'

    units, (fault,) = read(text)

    assert units == [SERIES]
    assert (fault.rule, fault.severity, fault.line, fault.path) == (
        "trailing comma",
        Severity.MENDED,
        3,
        "dicom_series[0]",
    )
    json.dumps(written(*units))


@of("samples with image_groups twice")
def test_both_lists_under_one_key_are_read_and_written_as_one() -> None:
    groups = [json.dumps(written(unit)["image_groups"]) for unit in (SEQUENCE, GROUP)]
    text = f'{{"skip_duplicate_urls": true,\n"image_groups": {groups[0]},\n"image_groups": {groups[1]}}}'

    units, (fault,) = read(text)

    assert units == [SEQUENCE, GROUP]
    assert (fault.rule, fault.severity, fault.line) == ("duplicate key", Severity.MENDED, 3)
    assert "first in line 2" in fault.problem
    assert [group["createVideo"] for group in written(*units)["image_groups"]] == [True, False]


@of("a video under Image title")
def test_a_video_under_the_heading_of_images_is_read_as_one_and_written_under_its_own() -> None:
    (unit,), (fault,) = read(f"ObjectUrl,Image title\n{URL},v\n")

    assert unit == VIDEO
    assert (fault.rule, fault.severity, fault.line) == ("kind", Severity.MENDED, 2)
    assert csv_of(unit).startswith("ObjectURL,Video title\r\n")


@of("white space in URLs")
@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"videos": [{"title": "v", "objectUrl": f"{HOST}/a b.mp4"}], "skip_duplicate_urls": True}),
        f"ObjectUrl,Video title\n{HOST}/a b.mp4,v\n",
    ],
    ids=["JSON", "CSV"],
)
def test_white_space_in_a_url_is_a_fault_in_either_form_and_is_never_written_of_a_key(text: str) -> None:
    _, faults = read(text)

    assert [(fault.rule, fault.severity) for fault in faults] == [("URL white space", Severity.ERROR)]
    key = "a b\t+\u3000.mp4"
    assert ObjectUrl(UrlForm.S3_VIRTUAL_HOSTED, "fleet", key, "eu-west-1").canonical == (
        f"{HOST}/a%20b%09%2B%E3%80%80.mp4"
    )


@of("batches")
def test_the_advice_is_that_of_the_pages_and_can_be_set() -> None:
    advice = Advice()

    assert (advice.share(Kind.VIDEO), advice.share(Kind.IMAGE)) == (1 / 100, 1 / 1000)
    assert advice.job_bytes == 2 * 1024**3
    assert Advice(units={Kind.VIDEO: 10}).share(Kind.VIDEO) == 1 / 10


@of("name of time series")
def test_time_series_have_a_name_in_each_place() -> None:
    for key, kind_name in (("time_series", {}), ("timeSeries", {"externalFileType": "TIMESERIES"})):
        unit, faults = entry(key, title="t", objectUrl=f"{HOST}/a.csv", **kind_name)
        assert (unit.kind, faults) == (Kind.TIME_SERIES, [])

    assert (external.KEYS[unit.kind], typed.KEYS[unit.kind], typed.TYPES[unit.kind]) == (
        "time_series",
        "timeSeries",
        "TIMESERIES",
    )
    assert (DataType.TIME_SERIES.value, StorageItemType.TIMESERIES.value) == ("time_series", "timeseries")


@of("name of S3-compatible stores")
def test_open_telekom_is_a_store_compatible_with_s3_and_both_names_are_known() -> None:
    assert StorageLocation.S3_COMPATIBLE.value == 4
    assert not hasattr(StorageLocation, "OTC")
    assert {"openTelekom", "s3Compatible"} <= {location.value for location in StorageLocationName}
    obs, other = "https://fleet.obs.eu-de.otc.t-systems.com/a.jpg", "https://minio.example.com/fleet/a.jpg"
    assert ObjectUrl.parse(obs).form is UrlForm.OBS
    assert ObjectUrl.parse(other, ["https://minio.example.com"]).form is UrlForm.S3_COMPATIBLE


@of("one entry of dicom_series")
def test_an_entry_of_dicom_series_is_one_series() -> None:
    unit, _ = entry("dicom_series", title="d", **FRAMES)

    assert unit == Unit(Kind.DICOM_SERIES, "d", tuple(FRAMES.values()))
    assert len(written(unit, SERIES)["dicom_series"]) == 2


@of("flags inside an entry")
def test_a_flag_inside_an_entry_does_nothing_and_is_noted() -> None:
    unit, faults = entry("videos", title="v", objectUrl=URL, skip_duplicate_urls=True)

    assert (unit, faults) == (VIDEO, [("key", Severity.NOTE)])
    assert set(written(unit)["videos"][0]) == {"title", "objectUrl"}


def test_every_row_of_the_page_has_its_test() -> None:
    assert set(ROWS) == TESTED
