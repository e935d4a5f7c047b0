"""DICOM files that lie in a series' directory and belong to another study."""

from collections import Counter
from importlib.util import find_spec

from encord_provider.buckets.bucket import Bucket
from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.units import Unit
from encord_provider.media.ranges import RangeReader


def strays(bucket: Bucket, unit: Unit, members: tuple[BucketObject, ...]) -> list[tuple[BucketObject, str]]:
    """Return the members that would make Encord refuse the whole series, each with the reason.

    Reads the header of each file of a series. Without the extra ``media`` nothing is read, and Encord judges.
    """
    if unit.kind is not Kind.DICOM_SERIES or len(members) == 1 or find_spec("pydicom") is None:
        return []
    from encord_provider.media.dicom import study_of

    studies = {obj.url: study_of(RangeReader(bucket, obj.key, obj.size)) for obj in members}
    found: list[tuple[BucketObject, str]] = []
    counts = Counter(study for study in studies.values() if study is not None)
    if not counts:
        return []
    ((main, files),) = counts.most_common(1)
    for obj in members:
        study = studies[obj.url]
        if study is None:
            found.append((obj, "not a DICOM file, or a damaged one, in a series"))
        elif study != main:
            found.append((obj, f"a file of study {study} in a series of study {main} ({files} files)"))
    return found
