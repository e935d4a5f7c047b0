"""What one file is, and how sure that is."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Final, TypeAlias

from encord_provider.errors import MissingExtra
from encord_provider.manifest.kinds import Kind
from encord_provider.media.audio import read_audio
from encord_provider.media.budget import Budget, OverBudget
from encord_provider.media.dicom import read_dicom
from encord_provider.media.file_types import file_type, mismatch
from encord_provider.media.grades import Broken, Finding, Grade, Probe, Unclear
from encord_provider.media.image import read_image
from encord_provider.media.nifti import read_nifti
from encord_provider.media.pdf import read_pdf
from encord_provider.media.ranges import RangeReader, RangeSource
from encord_provider.media.text import read_text
from encord_provider.media.video import read_video

Read: TypeAlias = Callable[[RangeReader, str, str | None], Finding]
"""Takes a file, its key, and the MIME type that its first bytes stand for."""

READERS: Final[dict[Kind, Read]] = {
    Kind.VIDEO: read_video,
    Kind.AUDIO: read_audio,
    Kind.IMAGE: read_image,
    Kind.IMAGE_GROUP: read_image,
    Kind.IMAGE_SEQUENCE: read_image,
    Kind.PDF: read_pdf,
    Kind.TEXT: read_text,
    Kind.DICOM_SERIES: read_dicom,
    Kind.NIFTI: read_nifti,
}
"""Who reads the files of a kind; nothing is read of kinds that are not named."""

_LIBRARIES: Final = ("av", "filetype", "mutagen", "nibabel", "PIL", "pydicom", "pypdfium2")


def require_libraries() -> None:
    """Check that files can be probed at all.

    Raises:
        MissingExtra: The extra ``media`` is not installed.

    """
    if any(find_spec(library) is None for library in _LIBRARIES):
        raise MissingExtra("media", "probing media metadata")


def probe(source: RangeSource, key: str, size: int, kind: Kind, budget: Budget | None = None) -> Probe:
    """Tell what one file is from as few of its bytes as prove it.

    Args:
        source: The bucket that holds it.
        key: Its key, whose ending says what it should be.
        size: Its size in bytes, as listed.
        kind: What it is to be registered as.
        budget: What it may cost; by default that of `Budget`.

    Raises:
        EncordProviderError: The bucket does not give its bytes.

    """
    reader = RangeReader(source, key, size, budget or Budget())
    grade, finding = _judge(reader, key, kind)
    if isinstance(reader.fault, OverBudget):
        grade, finding = Grade.UNCLEAR, Finding(doubts=(str(reader.fault),))
    elif reader.fault:
        raise reader.fault
    return Probe(grade, finding.media, finding.doubts, reader.fetched, reader.requests)


def _judge(reader: RangeReader, key: str, kind: Kind) -> tuple[Grade, Finding]:
    if not reader.size:
        return Grade.BROKEN, Finding(doubts=("it is empty",))
    found = None
    try:
        found = file_type(reader)
        finding = READERS[kind](reader, key, found)
    except Broken as broken:
        return Grade.BROKEN, Finding(doubts=(mismatch(kind, key, found) or str(broken),))
    except (Unclear, OverBudget) as unclear:
        return Grade.UNCLEAR, Finding(doubts=(str(unclear),))
    return (Grade.UNCLEAR if finding.doubts else Grade.PROVEN), finding
