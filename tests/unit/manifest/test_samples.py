"""Every manifest that Encord's pages show, in our own words: read as its page says, or refused for the fault it has."""

import io
from dataclasses import dataclass
from typing import Any

import pytest

from encord_provider.manifest.faults import Fault, Severity
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.media_metadata import VideoMetadata
from encord_provider.manifest.object_urls import ObjectUrl, UrlForm
from encord_provider.manifest.reading import Quarantine, open_manifest
from encord_provider.manifest.units import Unit

S3 = "https://fleet.s3.eu-west-2.amazonaws.com"
S3_PATH = "https://s3.eu-west-2.amazonaws.com/fleet"
AZURE = "https://fleet.blob.core.windows.net"
GCS = "https://storage.cloud.google.com/fleet"
OBS = "https://fleet.obs.eu-de.otc.t-systems.com"

Told = tuple[str, int, str]
"""Rule, line and path of a fault that is no note."""


@dataclass(frozen=True)
class Sample:
    """A manifest of a page, and what the page says of it."""

    name: str
    text: str
    units: tuple[tuple[Kind, str, int], ...] = ()
    """Kind, title and number of URLs of each unit, in the order of reading."""

    faults: tuple[Told, ...] = ()

    def __str__(self) -> str:
        """Name the test."""
        return self.name


SAMPLES = (
    Sample(
        "videos, whose URLs are still to be filled in",
        """{
          "videos": [
            {"objectUrl": "<url of 1>"},
            {"objectUrl": "<url of 2>", "title": "mine.mp4", "clientMetadata": {"optional": "metadata"}}
          ],
          "skip_duplicate_urls": true
        }""",
        faults=(("URL white space", 3, "videos[0]"), ("URL white space", 4, "videos[1]")),
    ),
    Sample(
        "videos whose custom metadata is to be overwritten",
        f"""{{
          "videos": [
            {{"objectUrl": "{S3}/1.mp4"}},
            {{"objectUrl": "{S3}/2.mp4", "title": "mine.mp4", "clientMetadata": {{"optional": "metadata"}}}}
          ],
          "skip_duplicate_urls": true,
          "upsert_metadata": true
        }}""",
        ((Kind.VIDEO, "/1.mp4", 1), (Kind.VIDEO, "mine.mp4", 1)),
    ),
    Sample(
        "a video with metadata of its own, by a relative URL",
        """{
            "videos": [
              {
                "objectUrl": "video_file.mp4",
                "videoMetadata": {
                    "fps": 23.98,
                    "duration": 29.09,
                    "width": 1280,
                    "height": 720,
                    "file_size": 5468354,
                    "mime_type": "video/mp4"
                }
              }
            ]
          }
        """,
        ((Kind.VIDEO, "video_file.mp4", 1),),
    ),
    Sample(
        "images",
        f"""{{
          "images": [
            {{"objectUrl": "{S3}/1.jpeg"}},
            {{"objectUrl": "{S3}/2.jpeg", "title": "mine.jpeg", "clientMetadata": {{"optional": "metadata"}}}}
          ]
        }}""",
        ((Kind.IMAGE, "/1.jpeg", 1), (Kind.IMAGE, "mine.jpeg", 1)),
    ),
    *(
        Sample(
            name,
            f"""{{
              "image_groups": [
                {{"title": "<title 1>", "createVideo": {create_video}, "objectUrl_0": "{S3}/0.jpg"}},
                {{
                  "title": "<title 2>",
                  "createVideo": {create_video},
                  "objectUrl_0": "{S3}/0.jpg",
                  "objectUrl_1": "{S3}/1.jpg",
                  "objectUrl_2": "{S3}/2.jpg",
                  "clientMetadata": {{"optional": "metadata"}}
                }}
              ]
            }}""",
            ((kind, "<title 1>", 1), (kind, "<title 2>", 3)),
        )
        for name, create_video, kind in (
            ("image groups", "false", Kind.IMAGE_GROUP),
            ("image sequences", "true", Kind.IMAGE_SEQUENCE),
        )
    ),
    Sample(
        "three DICOM series of a study, two with a comma too many",
        f"""{{
          "dicom_series": [
            {{
              "title": "<series-1>",
              "objectUrl_0": "{S3}/study1-series1-file.dcm"
            }},
            {{
              "title": "<series-2>",
              "objectUrl_0": "{S3}/1.dcm",
              "objectUrl_1": "{S3}/2.dcm",
              "objectUrl_2": "{S3}/3.dcm",
            }},
              {{
              "title": "<series-3>",
              "objectUrl_0": "{S3}/4.dcm",
              "objectUrl_1": "{S3}/5.dcm",
            }}
          ]
        }}""",
        (
            (Kind.DICOM_SERIES, "<series-1>", 1),
            (Kind.DICOM_SERIES, "<series-2>", 3),
            (Kind.DICOM_SERIES, "<series-3>", 2),
        ),
        (("trailing comma", 11, "dicom_series[1]"), ("trailing comma", 16, "dicom_series[2]")),
    ),
    Sample(
        "several types, with the list of groups twice",
        f"""{{
          "images": [{{"objectUrl": "{S3}/1.png"}}],
          "videos": [{{"objectUrl": "{S3}/1.mp4"}}, {{"objectUrl": "{S3}/2.mp4"}}],
          "image_groups": [
            {{
              "title": "light",
              "createVideo": true,
              "objectUrl_0": "{S3}/Light+Environment/1+(32).jpg",
              "objectUrl_1": "{S3}/Light+Environment/1+(33).jpg"
            }},
            {{"title": "dark", "createVideo": true, "objectUrl_0": "{S3}/2+(32).jpg", "objectUrl_1": "{S3}/2+(33).jpg"}}
          ],
          "image_groups": [
            {{"title": "ios", "createVideo": false, "objectUrl_0": "{S3}/3+(32).jpg", "objectUrl_1": "{S3}/3+(33).jpg"}}
          ]
        }}""",
        (
            (Kind.IMAGE, "/1.png", 1),
            (Kind.VIDEO, "/1.mp4", 1),
            (Kind.VIDEO, "/2.mp4", 1),
            (Kind.IMAGE_SEQUENCE, "light", 2),
            (Kind.IMAGE_SEQUENCE, "dark", 2),
            (Kind.IMAGE_GROUP, "ios", 2),
        ),
        (("duplicate key", 13, "image_groups"),),
    ),
    Sample(
        "videos of an access point, whose ARN is still to be filled in",
        """{
          "videos": [
            {"objectUrl": "ARN-of-the-access-point + <object 1>"},
            {"objectUrl": "ARN-of-the-access-point + <object 2>", "title": "m.mp4", "clientMetadata": {"a": "b"}}
          ],
          "skip_duplicate_urls": true
        }""",
        faults=(("URL white space", 3, "videos[0]"), ("URL white space", 4, "videos[1]")),
    ),
    Sample(
        "blobs of Azure, at the root, in a container and in a directory of one",
        f"""{{
            "videos": [
                {{"objectUrl": "{AZURE}/blob"}},
                {{"objectUrl": "{AZURE}/container/blob.jpg"}},
                {{"objectUrl": "{AZURE}/container/blobs/blob.jpg"}}
            ],
            "image_groups": [
              {{"title": "g1", "objectUrl_0": "{AZURE}/container/1.jpg", "objectUrl_1": "{AZURE}/container/2.jpg"}},
              {{"title": "g2", "objectUrl_0": "{AZURE}/container/3.jpg", "objectUrl_1": "{AZURE}/container/4.jpg"}}
            ]
        }}""",
        (
            (Kind.VIDEO, "/blob", 1),
            (Kind.VIDEO, "/container/blob.jpg", 1),
            (Kind.VIDEO, "/container/blobs/blob.jpg", 1),
            (Kind.IMAGE_GROUP, "g1", 2),
            (Kind.IMAGE_GROUP, "g2", 2),
        ),
    ),
    Sample(
        "objects of GCS, in both forms",
        f"""{{
            "videos": [{{"objectUrl": "gs://fleet/object.mp4"}}],
            "image_groups": [
              {{"title": "g1", "objectUrl_0": "{GCS}/1.jpg", "objectUrl_1": "{GCS}/2.jpg"

              }},
              {{"title": "g2", "objectUrl_0": "{GCS}/3.jpg", "objectUrl_1": "{GCS}/4.jpg"}}
            ]
        }}""",
        ((Kind.VIDEO, "/object.mp4", 1), (Kind.IMAGE_GROUP, "g1", 2), (Kind.IMAGE_GROUP, "g2", 2)),
    ),
    Sample(
        "a series of Open Telekom Cloud, whose files have no ending",
        f"""{{
          "dicom_series": [
            {{
              "title": "SERIES",
              "objectUrl_0": "{OBS}/file-0",
              "objectUrl_1": "{OBS}/file-1",
              "objectUrl_2": "{OBS}/file-2",
              "objectUrl_3": "{OBS}/file-3"
            }}
          ]
        }}""",
        ((Kind.DICOM_SERIES, "SERIES", 4),),
    ),
    Sample(
        "what the page's script writes of a bucket",
        f"""{{
    "images": [
        {{
            "objectUrl": "{S3_PATH}/dir/a.jpg"
        }},
        {{
            "objectUrl": "{S3_PATH}/dir/b c.jpg"
        }}
    ]
}}""",
        ((Kind.IMAGE, "/fleet/dir/a.jpg", 1),),
        (("URL white space", 6, "images[1]"),),
    ),
    Sample(
        "CSV of videos, one without a title",
        """ObjectUrl,Video title
path/to/1.mp4,Video 1
path/to/2.mp4,Video 2
path/to/3.mp4,
path/to/4.mp4,Video 3
""",
        (
            (Kind.VIDEO, "Video 1", 1),
            (Kind.VIDEO, "Video 2", 1),
            (Kind.VIDEO, "3.mp4", 1),
            (Kind.VIDEO, "Video 3", 1),
        ),
    ),
    Sample(
        "CSV of images, one without a title",
        """ObjectUrl,Image title
https://storage/1.jpg,Image 1
https://storage/2.jpg,Image 2
https://storage/3.jpg,
https://storage/4.jpg,Image 3
""",
        (
            (Kind.IMAGE, "Image 1", 1),
            (Kind.IMAGE, "Image 2", 1),
            (Kind.IMAGE, "3.jpg", 1),
            (Kind.IMAGE, "Image 3", 1),
        ),
    ),
    Sample(
        "CSV of image groups",
        """ObjectUrl,Image group title,Create video
path/to/1.jpg,Group 1,false
path/to/2.jpg,Group 1,false
path/to/3.jpg,Group 2,false
path/to/4.jpg,Group 2,false
""",
        ((Kind.IMAGE_GROUP, "Group 1", 2), (Kind.IMAGE_GROUP, "Group 2", 2)),
    ),
    Sample(
        "CSV of image sequences",
        """ObjectUrl,Image group title,Create video
path/to/1.jpg,Sequence 1,true
path/to/2.jpg,Sequence 1,true
path/to/3.jpg,Sequence 2,true
path/to/4.jpg,Sequence 2,true
""",
        ((Kind.IMAGE_SEQUENCE, "Sequence 1", 2), (Kind.IMAGE_SEQUENCE, "Sequence 2", 2)),
    ),
    Sample(
        "CSV of DICOM series",
        """ObjectUrl,Series title
path/to/1.dcm,series 1
path/to/2.dcm,series 1
path/to/3.dcm,series 2
path/to/4.dcm,series 2
path/to/5.dcm,series 3
""",
        (
            (Kind.DICOM_SERIES, "series 1", 2),
            (Kind.DICOM_SERIES, "series 2", 2),
            (Kind.DICOM_SERIES, "series 3", 1),
        ),
    ),
    Sample(
        "CSV of several types: two sequences, a group, an image, and a video under the heading of images",
        """ObjectUrl,Image group title,Create video
path/to/1.jpg,Sequence 1,true
path/to/2.jpg,Sequence 1,true
path/to/3.jpg,Sequence 2,true
path/to/4.jpg,Sequence 2,true
path/to/5.jpg,Group 1,false
path/to/6.jpg,Group 1,false
ObjectUrl,Image title,Create video
path/to/1.jpg,Image 1,false
ObjectUrl,Image title,Create video
full/path/video.mp4,Video 1,false
""",
        (
            (Kind.IMAGE, "Image 1", 1),
            (Kind.VIDEO, "Video 1", 1),
            (Kind.IMAGE_SEQUENCE, "Sequence 1", 2),
            (Kind.IMAGE_SEQUENCE, "Sequence 2", 2),
            (Kind.IMAGE_GROUP, "Group 1", 2),
        ),
        (("kind", 11, ""),),
    ),
    Sample(
        "CSV of one column, which is of videos",
        "ObjectUrl\npath/to/1.mp4\npath/to/2.jpg\npath/to/3.dcm\n",
        ((Kind.VIDEO, "1.mp4", 1), (Kind.IMAGE, "2.jpg", 1)),
        (("kind", 3, ""), ("kind", 4, "")),
    ),
)


def sorted_out(text: str, **options: Any) -> tuple[list[Unit], list[Fault]]:
    """Read a manifest; return its good units and all faults but notes."""
    faults: list[Fault] = []
    units = list(Quarantine(open_manifest(io.BytesIO(text.encode())), faults.append, **options).units())
    return units, [fault for fault in faults if fault.severity is not Severity.NOTE]


def sample(name: str) -> str:
    """Return the text of a sample whose name begins so."""
    (found,) = (one for one in SAMPLES if one.name.startswith(name))
    return found.text


@pytest.mark.parametrize("given", SAMPLES, ids=str)
def test_a_sample_gives_the_units_that_its_page_describes_and_its_faults_are_named(given: Sample) -> None:
    units, faults = sorted_out(given.text)

    assert tuple((unit.kind, unit.title, len(unit.urls)) for unit in units) == given.units
    assert tuple((fault.rule, fault.line, fault.path) for fault in faults) == given.faults


def test_the_metadata_of_the_sample_are_read() -> None:
    (unit,), _ = sorted_out(sample("a video with metadata"))

    assert unit.media == VideoMetadata(23.98, 29.09, 1280, 720, 5_468_354, "video/mp4")


def test_custom_metadata_and_both_flags_of_the_sample_are_read() -> None:
    reader = open_manifest(io.BytesIO(sample("videos whose custom metadata").encode()))
    readings = list(reader)

    assert [reading.unit.client_metadata for reading in readings if reading.unit] == [
        {},
        {"optional": "metadata"},
    ]
    assert (reader.flags.skip_duplicate_urls, reader.flags.upsert_metadata) == (True, True)


def test_strictly_a_comma_too_many_keeps_its_unit_apart() -> None:
    units, _ = sorted_out(sample("three DICOM series"), strict=True)

    assert [unit.title for unit in units] == ["<series-1>"]


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("blobs of Azure", [UrlForm.AZURE] * 7),
        ("objects of GCS", [UrlForm.GCS_PROTOCOL, *[UrlForm.GCS_HTTPS] * 4]),
        ("a series of Open Telekom", [UrlForm.OBS] * 4),
        ("what the page's script", [UrlForm.S3_PATH]),
        ("several types", [UrlForm.S3_VIRTUAL_HOSTED] * 9),
    ],
)
def test_the_urls_of_a_sample_are_known_for_those_of_its_store(name: str, forms: list[UrlForm]) -> None:
    units, _ = sorted_out(sample(name))

    assert [ObjectUrl.parse(url).form for unit in units for url in unit.urls] == forms


def test_the_console_of_s3_spells_a_space_as_a_plus_and_its_urls_are_read_so() -> None:
    units, _ = sorted_out(sample("several types"))

    (sequence,) = (unit for unit in units if unit.title == "light")
    assert ObjectUrl.parse(sequence.urls[0]).key == "Light Environment/1 (32).jpg"


CONFIGURED = """{{
  "videos": [
    {{
      "title": "v",
      "objectUrl": "{url}",
      "clientMetadata": {{
        "$encord": {{
          "config": {{"sampling_rate": {rate}, "keyframe_mode": {mode}}},
          "frames": {{"13": {{"my-embedding": [1.0, 2.0, 3.0]}}, "127": {{}}}}
        }}
      }}
    }}
  ],
  "skip_duplicate_urls": true
}}"""


@pytest.mark.parametrize(
    ("rate", "mode", "faults"),
    [
        ("1", '"frame"', []),
        ('"0"', '"seconds"', []),
        ('"<samples-per-second>"', '"frame"', ["key frames"]),
        ("1", '"frame" or "seconds"', ["JSON"]),
        ("1", '"frames"', ["key frames"]),
    ],
)
def test_the_block_of_key_frames_is_read_when_its_placeholders_are_filled_in(
    rate: str, mode: str, faults: list[str]
) -> None:
    units, told = sorted_out(CONFIGURED.format(url=f"{S3}/v.mp4", rate=rate, mode=mode))

    assert [fault.rule for fault in told] == faults
    assert len(units) == (not faults)


def test_an_embedding_of_an_image_is_custom_metadata_as_any() -> None:
    metadata = '{"my-embedding": [1.0, 2.0]}'
    text = f'{{"images": [{{"objectUrl": "{S3}/i.jpg", "title": "i", "clientMetadata": {metadata}}}]}}'

    (unit,), faults = sorted_out(text)

    assert (unit.client_metadata, faults) == ({"my-embedding": [1.0, 2.0]}, [])


def test_a_manifest_over_the_limits_as_a_whole_says_to_split_it() -> None:
    faults: list[Fault] = []
    limits = Limits(units=5, urls=6, manifest_bytes=100)
    text = sample("several types")

    units = list(Quarantine(open_manifest(io.BytesIO(text.encode()), limits), faults.append).units())

    assert len(units) == 6
    errors = [fault for fault in faults if fault.severity is Severity.ERROR]
    assert [(fault.rule, fault.remedy) for fault in errors] == [
        ("manifest units", "split it"),
        ("manifest URLs", "split it"),
        ("manifest size", "split it"),
    ]
