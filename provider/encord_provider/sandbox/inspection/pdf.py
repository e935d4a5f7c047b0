"""A PDF: its pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import pypdfium2

from encord_provider.sandbox.cloud import ObjectReader
from encord_provider.sandbox.inspection.facts import Facts, Refused
from encord_provider.sandbox.inspection.file_type import HEAD_BYTES, file_type, unexpected

_PDFIUM = Lock()  # PDFium may be used by one thread at a time
_END_MARK = b"%%EOF"
_END_WITHIN_BYTES = 1024  # PDF 1.7, appendix H.3, note 18


def inspect_pdf(reader: ObjectReader) -> Facts:
    """Count the pages of a PDF.

    Raises:
        Refused: It is no PDF, is truncated or damaged, is encrypted, or has no page.

    """
    data = reader.read_all()
    mime_type = file_type(data[:HEAD_BYTES])
    if mime_type != "application/pdf":
        raise unexpected("a PDF", mime_type)
    if _END_MARK not in data[-_END_WITHIN_BYTES:]:
        raise Refused("The PDF is truncated: it has no end-of-file marker")
    with opened_pdf(data) as document:
        pages = len(document)
    if pages == 0:
        raise Refused("The PDF has no pages")
    return Facts(mime_type=mime_type, file_size=reader.size, num_pages=pages)


@contextmanager
def opened_pdf(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF, with PDFium to oneself until it is closed.

    Raises:
        Refused: On entry and while in use, when PDFium finds the file damaged or encrypted.

    """
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(data)
            try:
                yield document
            finally:
                document.close()
        except pypdfium2.PdfiumError as error:
            raise Refused(f"The PDF cannot be opened: {error}") from error
