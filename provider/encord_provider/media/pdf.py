"""A PDF: proven when PDFium counts its pages and can open the last of them."""

from threading import Lock
from typing import TYPE_CHECKING

from encord_provider.manifest.media_metadata import PdfMetadata
from encord_provider.media.budget import OverBudget
from encord_provider.media.grades import Broken, Finding, Unclear
from encord_provider.media.ranges import RangeReader

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_PDFIUM = Lock()  # PDFium may be used by one thread at a time
_PASSWORD = 4  # FPDF_ERR_PASSWORD of PDFium's fpdfview.h
_END_MARK = b"%%EOF"
_END_WITHIN_BYTES = 1024  # PDF 1.7, appendix H.3, note 18


class _Quiet:
    """A reader for C code, which no exception can pass: a read that fails is short, and the reader keeps the fault."""

    def __init__(self, reader: RangeReader) -> None:
        self._reader = reader
        self.seek = reader.seek
        self.tell = reader.tell
        self.read = reader.read

    def readinto(self, buffer: memoryview) -> int:
        try:
            return self._reader.readinto(buffer)
        except Exception:  # noqa: BLE001 - the reader keeps it, and `probe` raises it
            return 0


def read_pdf(reader: RangeReader, key: str, found: str | None) -> Finding:  # noqa: ARG001 - as all readers
    """Count the pages of a PDF.

    Raises:
        Broken: It is no PDF, or is damaged.
        Unclear: It is encrypted.
        OverBudget: The file costs more than it may.

    """
    import pypdfium2

    reader.seek(-min(_END_WITHIN_BYTES, reader.size), 2)
    doubts = (
        () if _END_MARK in reader.read() else ("it has no end mark: it is cut off, or something follows it",)
    )
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(_Quiet(reader))
            try:
                pages = _pages(document)
            finally:
                document.close()
        except pypdfium2.PdfiumError as error:
            if isinstance(reader.fault, OverBudget):
                raise reader.fault from error
            if error.err_code == _PASSWORD:
                raise Unclear("it is encrypted") from error
            raise Broken(f"it is damaged or no PDF: {error}") from error
    return Finding(PdfMetadata(reader.size, pages), doubts)


def _pages(document: "PdfDocument") -> int:
    """Return how many pages there are, after a look at the first and the last: the number alone may lie."""
    pages = len(document)
    for number in (0, pages - 1):
        document[number].close()
    return pages
