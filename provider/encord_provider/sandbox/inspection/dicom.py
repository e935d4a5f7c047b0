"""A DICOM file: its tags, and that its pixels are there."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import pydicom
from pydantic import JsonValue
from pydicom import Dataset
from pydicom.encaps import generate_frames
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.multival import MultiValue
from pydicom.pixels.utils import get_expected_length
from pydicom.tag import Tag

from encord_provider.sandbox.cloud import ObjectReader
from encord_provider.sandbox.inspection.facts import Facts, Refused
from encord_provider.sandbox.inspection.file_type import HEAD_BYTES, file_type, unexpected

MIME_TYPE = "application/dicom"

METADATA_TAGS = (
    "00080018",  # SOPInstanceUID
    "00100020",  # PatientID
    "00180050",  # SliceThickness
    "00181114",  # EstimatedRadiographicMagnificationFactor
    "00181164",  # ImagerPixelSpacing
    "0020000D",  # StudyInstanceUID
    "0020000E",  # SeriesInstanceUID
    "00200013",  # InstanceNumber
    "00200032",  # ImagePositionPatient
    "00200037",  # ImageOrientationPatient
    "00209113",  # PlanePositionSequence
    "00209116",  # PlaneOrientationSequence
    "00280004",  # PhotometricInterpretation
    "00280008",  # NumberOfFrames
    "00280010",  # Rows
    "00280011",  # Columns
    "00280030",  # PixelSpacing
    "00281050",  # WindowCenter
    "00281051",  # WindowWidth
    "00289110",  # PixelMeasuresSequence
    "52009229",  # SharedFunctionalGroupsSequence
    "52009230",  # PerFrameFunctionalGroupsSequence
)
"""The tags that Encord knows of a file: the keys of a client's ``dicomMetadata`` (SDK 0.1.211)."""

PYDICOM_FAULTS = (
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    TypeError,
    ValueError,
    BytesLengthException,
    InvalidDicomError,
)
"""What pydicom raises over elements that end or turn senseless half-way; it parses each when it is asked for."""


@dataclass(frozen=True)
class DicomFile:
    """One file of a series, as far as the rules of a series look at it."""

    title: str
    """Its name in messages."""

    tags: Dataset
    """Those of :data:`METADATA_TAGS` that were read, or supplied by the client."""

    size: int
    """In bytes; 0 where the file was not read."""

    @classmethod
    def read(cls, title: str, reader: ObjectReader) -> Self:
        """Parse a file and check that its pixels are complete.

        Raises:
            Refused: It is no DICOM file, or is truncated.

        """
        data = reader.read_all()
        found = file_type(data[:HEAD_BYTES])
        if found != MIME_TYPE:
            raise unexpected("a DICOM file", found)
        try:
            scan = pydicom.dcmread(io.BytesIO(data))
            _require_pixels(scan)
            tags = Dataset({Tag(tag): scan[tag] for tag in METADATA_TAGS if tag in scan})
        except PYDICOM_FAULTS as error:
            raise Refused(f"The DICOM file '{title}' is truncated or damaged: {error}") from error
        return cls(title, tags, reader.size)

    @classmethod
    def supplied(cls, title: str, tags: Mapping[str, JsonValue]) -> Self:
        """Take a client's ``dicomMetadata`` tags, in pydicom's JSON form, for a file that is not read.

        Raises:
            Refused: A key is missing (null will do where a file has no such element), or one makes no sense.

        """
        missing = [tag for tag in METADATA_TAGS if tag not in tags]
        if missing:
            raise Refused(f"The DICOM metadata of '{title}' lacks the tags {', '.join(missing)}")
        try:
            elements = Dataset.from_json({tag: value for tag, value in tags.items() if value is not None})
        except (ValueError, TypeError, KeyError) as error:
            raise Refused(f"The DICOM metadata of '{title}' cannot be read: {error}") from error
        return cls(title, elements, 0)

    @property
    def frames(self) -> int:
        """How many images it holds; 1 where it does not say."""
        return int((self.numbers("NumberOfFrames") or [1])[0])

    @property
    def facts(self) -> Facts:
        """What Encord keeps of a file whose required tags are known to be there."""
        return Facts(
            mime_type=MIME_TYPE,
            file_size=self.size,
            width=int(self.numbers("Columns")[0]),
            height=int(self.numbers("Rows")[0]),
            frame_count=self.frames,
            dicom_instance_uid=self.text("SOPInstanceUID"),
            dicom_study_uid=self.text("StudyInstanceUID"),
            dicom_series_uid=self.text("SeriesInstanceUID"),
        )

    def text(self, tag: str) -> str:
        """Return the value of *tag* as it is shown in messages; empty where there is none."""
        value = self.tags.get(tag)
        return "" if value is None else str(value)

    def numbers(self, tag: str) -> list[float]:
        """Return the numbers that *tag* holds; none where it is absent or empty.

        Raises:
            Refused: It holds something else.

        """
        value = self.tags.get(tag)
        if value is None or value == "":
            return []
        try:
            return [float(number) for number in (value if isinstance(value, MultiValue | list) else [value])]
        except (TypeError, ValueError) as error:
            raise Refused(
                f"The value of DICOM tag '{tag}' should be a number. Got [{value}] from '{self.title}'."
            ) from error


def _require_pixels(scan: pydicom.FileDataset) -> None:
    if "PixelData" not in scan:
        raise EOFError("it has no pixel data")
    if scan.file_meta.TransferSyntaxUID.is_encapsulated:
        wanted = int(scan.get("NumberOfFrames") or 1)
        found, unit = sum(1 for _ in generate_frames(scan.PixelData, number_of_frames=wanted)), "frames"
    else:
        wanted, found, unit = get_expected_length(scan), len(scan.PixelData), "bytes of pixels"
    if found < wanted:
        raise EOFError(f"it has {found} of {wanted} {unit}")
