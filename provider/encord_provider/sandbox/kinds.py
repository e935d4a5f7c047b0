"""The kinds of unit an upload job knows, with the words that the wire has for each."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Encord's ``externalFileType``."""

    VIDEO = "VIDEO"
    IMAGE = "IMAGE"
    AUDIO = "AUDIO"
    PDF = "PDF"
    PLAIN_TEXT = "PLAIN_TEXT"
    NIFTI = "NIFTI"
    TIMESERIES = "TIMESERIES"
    SCENE = "SCENE"
    IMG_GROUP = "IMG_GROUP"
    IMG_GROUP_FROM_ITEMS = "IMG_GROUP_FROM_ITEMS"
    DICOM = "DICOM"


@dataclass(frozen=True)
class KindWords:
    """How one kind is spelt in its various places."""

    item_type: str
    """``itemType`` of the item that a unit becomes."""

    action: str
    """``actionDescription`` of a unit error."""

    manifest_keys: tuple[str, ...]
    """Keys of a manifest that list this kind.

    The documented one and the SDK's come first; the rest are spellings that Encord's own pages leave open.
    """


WORDS: dict[Kind, KindWords] = {
    Kind.VIDEO: KindWords("video", "Uploading video", ("videos", "video")),
    Kind.IMAGE: KindWords("image", "Uploading image", ("images", "image")),
    Kind.AUDIO: KindWords("audio", "Uploading audio", ("audio", "audios")),
    Kind.PDF: KindWords("pdf", "Uploading PDF", ("pdf", "pdfs")),
    Kind.PLAIN_TEXT: KindWords(
        "plainText",
        "Uploading text file",
        ("text", "texts", "text_files", "textFiles", "plain_text", "plainText"),
    ),
    Kind.NIFTI: KindWords("nifti", "Uploading NIfTI", ("nifti", "niftis")),
    Kind.TIMESERIES: KindWords(
        "timeseries", "Uploading time series", ("timeSeries", "time_series", "timeseries")
    ),
    Kind.SCENE: KindWords("scene", "Uploading scene", ("scenes", "scene")),
    Kind.IMG_GROUP: KindWords("imageGroup", "Uploading image group", ("image_groups", "imageGroups")),
    Kind.IMG_GROUP_FROM_ITEMS: KindWords(
        "imageGroup", "Creating image group", ("imageGroupsFromItems", "image_groups_from_items")
    ),
    Kind.DICOM: KindWords("dicomSeries", "Uploading DICOM series", ("dicom_series", "dicomSeries")),
}

DATA_TYPES = {
    "video": "VIDEO",
    "image": "IMAGE",
    "group": "GROUP",
    "imageGroup": "IMG_GROUP",
    "imageSequence": "IMG_GROUP",
    "dicomFile": "DICOM",
    "dicomSeries": "DICOM",
    "audio": "AUDIO",
    "timeseries": "TIME_SERIES",
    "nifti": "NIFTI",
    "plainText": "PLAIN_TEXT",
    "pdf": "PDF",
    "scene": "SCENE",
}
"""``data_type`` of the data row that an item of each type backs (encord 0.1.211, ``constants/enums.py``)."""

STORAGE_LOCATIONS = {
    "encord": 0,
    "s3": 1,
    "gcp": 2,
    "azure": 3,
    "openTelekom": 4,
    "s3Compatible": 4,
    "directAccess": -99,
}
"""Number of a storage location on the legacy API (encord 0.1.211, ``orm/dataset.py``)."""
