"""A unit of every kind, with all that its kind can have."""

from encord_provider.manifest.key_frames import KeyFrames
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.media_metadata import (
    DICOM_TAGS,
    AudioMetadata,
    DicomMetadata,
    ImageMetadata,
    PdfMetadata,
    TextMetadata,
    VideoMetadata,
)
from encord_provider.manifest.units import File, Unit

HOST = "https://fleet.s3.eu-west-1.amazonaws.com"

IMAGE = ImageMetadata("image/jpeg", 1000, 64, 48)

DICOM = DicomMetadata(dict.fromkeys(DICOM_TAGS) | {"00100020": {"vr": "LO", "Value": ["p1"]}})

ITEMS = ("0f9c1a52-7a8e-4d59-9f0b-6f4e5a3c2b1d", "5b0f3e77-1c1d-4a58-8d6a-9e2f4c7b8a90")

STREAMS = {
    "lidar": {"type": "point_cloud", "events": [{"uri": f"{HOST}/1.pcd", "timestamp": 0}]},
    "front": {"type": "image", "camera": "front", "events": [{"uri": f"{HOST}/1.jpg", "timestamp": 0}]},
}

KEY_FRAMES = KeyFrames({0: {"clip": [0.25, -1.0, 3.0], "light": "dusk"}, 7: {}}, sampling_rate=0)

DOCUMENTED = (
    Unit(
        Kind.VIDEO,
        "a.mp4",
        (f"{HOST}/a.mp4",),
        files=(File(media=VideoMetadata(23.98, 29.09, 1280, 720, 5_468_354, "video/mp4")),),
    ),
    Unit(
        Kind.IMAGE, "a.jpg", (f"{HOST}/a.jpg",), files=(File(media=IMAGE),), client_metadata={"k": [1, None]}
    ),
    Unit(
        Kind.AUDIO,
        "a.wav",
        (f"{HOST}/a.wav",),
        files=(File(media=AudioMetadata(0.5, 8044, "audio/wav", 8000, 16, "pcm", 1)),),
    ),
    Unit(Kind.PDF, "a.pdf", (f"{HOST}/a.pdf",), files=(File(media=PdfMetadata(300, 2)),)),
    Unit(Kind.TEXT, "a.xml", (f"{HOST}/a.xml",), files=(File(media=TextMetadata(30, "application/xml")),)),
    Unit(Kind.NIFTI, "a.nii.gz", (f"{HOST}/a.nii.gz",), client_metadata={"site": "north"}),
    Unit(Kind.IMAGE_GROUP, "group", (f"{HOST}/1.jpg", f"{HOST}/2.jpg"), client_metadata={"b": 1, "a": 2}),
    Unit(Kind.IMAGE_SEQUENCE, "sequence", tuple(f"{HOST}/{n}.jpg" for n in range(12))),
    Unit(Kind.DICOM_SERIES, "series", (f"{HOST}/1.dcm", f"{HOST}/2.dcm")),
    Unit(
        Kind.TIME_SERIES,
        "signals",
        (f"{HOST}/a.csv",),
        settings={
            "channels": {"speed": {"label": "km/h", "color": "#0af", "style": "points", "pointRadius": 2}}
        },
    ),
    Unit(Kind.SCENE, "crossing", (), scene={"url": f"{HOST}/a.pcd", "format": "pcd"}),
    Unit(Kind.SCENE, "drive", (), scene=STREAMS),
    Unit(
        Kind.VIDEO,
        "key frames",
        (f"{HOST}/b.mp4",),
        client_metadata={"site": "north", **KEY_FRAMES.metadata()},
    ),
    Unit(Kind.IMAGE, "embedded", (f"{HOST}/c.jpg",), client_metadata={"clip": [0.25, -1.0, 3.0]}),
    Unit(Kind.IMAGE_GROUP, "group of items", (), items=ITEMS),
    Unit(Kind.IMAGE_SEQUENCE, "sequence of items", (), items=ITEMS, video_url_prefix=f"{HOST}/videos/"),
)
"""Units that the documented JSON has a place for."""

TYPED = (
    *DOCUMENTED,
    Unit(
        Kind.IMAGE_GROUP,
        "framed",
        (f"{HOST}/1.jpg", f"{HOST}/2.jpg"),
        files=(File("front", IMAGE), File("back")),
    ),
    Unit(Kind.DICOM_SERIES, "trusted", (f"{HOST}/1.dcm",), files=(File("slice 1", DICOM),)),
    Unit(Kind.IMAGE, "placed", (f"{HOST}/b.jpg",), files=(File(placeholder=ITEMS[0]),)),
)
"""Units that the typed form has a place for."""
