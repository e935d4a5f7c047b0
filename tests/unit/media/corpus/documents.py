"""PDFs and texts."""

import io
import zlib
from collections.abc import Iterator
from functools import cache

from reportlab.pdfgen.canvas import Canvas

from encord_provider.manifest.kinds import Kind
from tests.unit.media.corpus.case import Case
from tests.unit.media.corpus.pictures import picture


def pdf(pages: int, filler: int = 0) -> bytes:
    """Print *pages* pages, with *filler* bytes of noise on each."""
    file = io.BytesIO()
    canvas = Canvas(file, pageCompression=0)
    for number in range(pages):
        canvas.drawString(72, 72, f"page {number}" + "." * filler)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


@cache
def documents() -> tuple[Case, ...]:
    """Return the PDFs and texts, good ones and bad ones."""
    return tuple(
        Case(f"documents/{name}", Kind.PDF if name.endswith("pdf") else Kind.TEXT, content)
        for name, content in (*_pdfs(), *_texts())
    )


def _pdfs() -> Iterator[tuple[str, bytes]]:
    for pages in (1, 2, 10, 300):
        yield f"pages-{pages}.pdf", pdf(pages)
    yield "large.pdf", pdf(20, 200_000)
    content = pdf(10)
    for percent in (10, 50, 95):
        yield f"cut-{percent}.pdf", content[: len(content) * percent // 100]
    yield "lying-more.pdf", content.replace(b"/Count 10", b"/Count 99")
    yield "lying-giant.pdf", content.replace(b"/Count 10 ", b"/Count 99999999 ")
    yield "no-pages.pdf", content.replace(b"/Count 10", b"/Count 00")
    yield "trailer.pdf", content + b"x" * 2000
    yield "text.pdf", b"hello\n" * 100
    yield "picture.pdf", picture("PNG")


def _texts() -> Iterator[tuple[str, bytes]]:
    yield "plain.txt", b"one\ntwo\n"
    yield "accents.txt", "Grüße aus Malmö\n".encode() * 50
    yield "page.html", b"<!doctype html><p>hello</p>"
    yield "data.json", b'{"a": 1}'
    yield "data.xml", b"<?xml version='1.0'?><a/>"
    yield "notes.md", b"# title\n"
    yield "mark.txt", "\ufeffwith a mark".encode()
    yield "car.txt", b"BMW makes cars, and ID3 is an electric one.\n" * 9
    yield "print.txt", b"%PDF-1.4 is how a PDF begins\n"
    yield "large.txt", b"line\n" * 300_000
    yield "latin.txt", "Grüße".encode("latin-1") * 50
    yield "wide.txt", "hello".encode("utf-16")
    yield "cut-in-a-character.txt", "aé".encode()[:-1]
    yield "packed.txt", zlib.compress(b"x" * 100)
    yield "picture.txt", picture("JPEG")
    yield "zeros.txt", bytes(100)
    yield "empty.txt", b""
