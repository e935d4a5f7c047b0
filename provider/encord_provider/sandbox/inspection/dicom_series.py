"""The rules that the files of one DICOM series must keep, each and together.

They are those of Encord's public example for DICOM metadata (encord-team/dicom-metadata-upload, README),
which gives the wording for the tags that must be consistent. The numbers that it leaves open are ours.

"""

from collections import Counter
from collections.abc import Callable, Sequence

from encord_provider.sandbox.inspection.dicom import DicomFile
from encord_provider.sandbox.inspection.facts import Refused
from encord_provider.sandbox.inspection.slice_geometry import require_volume

_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
_LONGEST_UID = 64  # characters; DICOM PS3.5, §9.1
_REQUIRED = (*_UIDS, "PatientID", "Rows", "Columns")
_MAY_BE_EMPTY = ("PatientID",)  # anonymised files keep the element without its value
_CONSISTENT = ("StudyInstanceUID", "Rows", "Columns")


def require_series(files: Sequence[DicomFile]) -> None:
    """Check *files* as one series.

    Raises:
        Refused: A file breaks a rule, or the files do not belong together.

    """
    if not files:
        raise Refused("A DICOM series needs at least one file")
    for rule in _OF_A_FILE:
        for file in files:
            rule(file)
    for tag in _CONSISTENT:
        _require_consistent(files, tag)
    _require_distinct_instances(files)
    require_volume(files)


def _tags_are_present(file: DicomFile) -> None:
    for tag in _REQUIRED:
        if tag not in file.tags or (tag not in _MAY_BE_EMPTY and not file.text(tag)):
            raise Refused(f"The required DICOM tag '{tag}' is missing from '{file.title}'")


def _uids_are_valid(file: DicomFile) -> None:
    """Check length and characters only: Encord takes UIDs that the standard would not."""
    for tag in _UIDS:
        uid = file.text(tag)
        if len(uid) > _LONGEST_UID or not (uid.isascii() and uid.isprintable()):
            raise Refused(
                f"The value of DICOM tag '{tag}' should be 1 to {_LONGEST_UID} printable characters."
                f" Got [{uid}] from '{file.title}'."
            )


def _counts_are_positive(file: DicomFile) -> None:
    for tag in ("Rows", "Columns", "NumberOfFrames"):
        for number in file.numbers(tag):
            if number < 1:
                raise Refused(
                    f"The value of DICOM tag '{tag}' should be positive."
                    f" Got [{file.text(tag)}] from '{file.title}'."
                )


def _frames_are_described(file: DicomFile) -> None:
    described = file.tags.get("PerFrameFunctionalGroupsSequence")
    if described and len(described) != file.frames:
        raise Refused(
            f"The DICOM tag 'PerFrameFunctionalGroupsSequence' describes {len(described)} frames,"
            f" 'NumberOfFrames' says {file.frames} in '{file.title}'"
        )


def _window_is_complete(file: DicomFile) -> None:
    centers, widths = file.numbers("WindowCenter"), file.numbers("WindowWidth")
    if len(centers) != len(widths) or any(width <= 0 for width in widths):
        raise Refused(
            "The values of DICOM tags 'WindowCenter' and 'WindowWidth' should come in pairs,"
            f" with a positive width. Got {centers} and {widths} from '{file.title}'."
        )


_OF_A_FILE: tuple[Callable[[DicomFile], None], ...] = (
    _tags_are_present,
    _uids_are_valid,
    _counts_are_positive,
    _frames_are_described,
    _window_is_complete,
)


def _require_consistent(files: Sequence[DicomFile], tag: str) -> None:
    """Name the first file that differs from the most."""
    values = [file.text(tag) for file in files]
    (usual, _), *others = Counter(values).most_common()
    if not others:
        return
    odd = next(at for at, value in enumerate(values) if value != usual)
    rest = sorted(set(values) - {values[odd]})
    raise Refused(
        f"The value of DICOM tag '{tag}' should be consistent across files in a series. Got [{values[odd]}]"
        f" from '{files[odd].title}' and [{', '.join(rest)}] from other files in the series."
    )


def _require_distinct_instances(files: Sequence[DicomFile]) -> None:
    seen: dict[str, str] = {}
    for file in files:
        uid = file.text("SOPInstanceUID")
        if uid in seen:
            raise Refused(
                "The value of DICOM tag 'SOPInstanceUID' should be unique within a series."
                f" Got [{uid}] from '{seen[uid]}' and '{file.title}'."
            )
        seen[uid] = file.title
