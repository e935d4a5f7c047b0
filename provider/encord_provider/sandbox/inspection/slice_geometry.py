"""Whether the slices of a DICOM series stack up to a volume."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from encord_provider.sandbox.inspection.dicom import DicomFile
from encord_provider.sandbox.inspection.facts import Refused

_LENGTHS = {"ImagePositionPatient": 3, "ImageOrientationPatient": 6, "PixelSpacing": 2, "SliceThickness": 1}
"""The tags that place a slice in the patient, and how many numbers each has (DICOM PS3.3, C.7.6.2)."""

_REGULAR_SHARE = 0.97  # of the gaps must be within tolerance; Encord's figure
_GAP_TOLERANCE = 0.1  # of the median gap; Encord publishes no figure
_SAME_PLACE_MM = 1e-3  # slices of several phases share their positions
_SAME_DIRECTION = 1e-2  # largest difference of direction cosines; Encord publishes no figure
_FEWEST_SLICES = 3  # below there is one gap at most, and nothing to compare it with

Vectors = NDArray[np.float64]


def require_volume(files: Sequence[DicomFile]) -> None:
    """Check position, orientation and spacing, if the files have them at all.

    Radiographs and ultrasound have none; a series of which only some files have them is refused.

    Raises:
        Refused: The slices do not form a volume.

    """
    placed = [file for file in files if file.numbers("ImagePositionPatient")]
    if len(files) == 1 or not placed:
        return
    orientations = _require_vectors(files, "ImageOrientationPatient")
    positions = _require_vectors(files, "ImagePositionPatient")
    for tag in ("PixelSpacing", "SliceThickness"):
        _require_vectors(files, tag)
    _require_one_orientation(files, orientations)
    _require_regular_gaps(positions, orientations[0])


def _require_vectors(files: Sequence[DicomFile], tag: str) -> Vectors:
    return np.array([_vector(file, tag) for file in files], dtype=np.float64)


def _vector(file: DicomFile, tag: str) -> list[float]:
    numbers = file.numbers(tag)
    if not numbers:
        raise Refused(f"The spatial DICOM tag '{tag}' is missing from '{file.title}'")
    if len(numbers) != _LENGTHS[tag]:
        raise Refused(
            f"The value of DICOM tag '{tag}' should have {_LENGTHS[tag]} numbers."
            f" Got {numbers} from '{file.title}'."
        )
    return numbers


def _require_one_orientation(files: Sequence[DicomFile], orientations: Vectors) -> None:
    differences = np.abs(orientations - np.median(orientations, axis=0)).max(axis=1)
    if differences.max() > _SAME_DIRECTION:
        title = files[int(differences.argmax())].title
        raise Refused(
            "The value of DICOM tag 'ImageOrientationPatient' should be consistent across files in a series."
            f" '{title}' is turned against the other files in the series."
        )


def _require_regular_gaps(positions: Vectors, orientation: Vectors) -> None:
    normal = np.cross(orientation[:3], orientation[3:])
    gaps = np.diff(np.sort(positions @ normal))
    gaps = gaps[gaps > _SAME_PLACE_MM]
    if len(gaps) < _FEWEST_SLICES - 1:
        return
    usual = float(np.median(gaps))
    regular = float(np.mean(np.abs(gaps - usual) <= _GAP_TOLERANCE * usual))
    if regular < _REGULAR_SHARE:
        raise Refused(
            f"The slices of the series are spaced irregularly: {regular:.0%} of the gaps are within"
            f" {_GAP_TOLERANCE:.0%} of {usual:.3g} mm, {_REGULAR_SHARE:.0%} should be"
        )
