"""PDFs and text files: what comes along with a delivery."""

import io
import json
from functools import partial

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from demo.corpus.model import Unit, source

_ROUTE = ("Ghent", "Köln", "Malmö", "Turin", "Nagoya")


def pdf(title: str, pages: int) -> bytes:
    """Print a document with one stop of the route a page."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)  # no date, no random identifier
    canvas.setTitle(title)
    for page in range(pages):
        canvas.setFont("Helvetica-Bold", 22)
        canvas.drawString(72, 740, title)
        canvas.setFont("Helvetica", 13)
        canvas.drawString(72, 700, f"Stop {page + 1}: {_ROUTE[page % len(_ROUTE)]}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _text(name: str, content: str) -> Unit:
    return Unit("plainText", (source(f"text/{name}", content.encode),))


UNITS = (
    Unit("pdf", (source("documents/inspection.pdf", partial(pdf, "Vehicle inspection", 3)),)),
    Unit("pdf", (source("documents/route plan (2nd).pdf", partial(pdf, "Route plan", 5)),)),
    _text("log.txt", "".join(f"{hour:02}:00 {stop}\n" for hour, stop in enumerate(_ROUTE, 8))),
    _text("report.html", f"<!doctype html><title>Route</title><p>{' → '.join(_ROUTE)}</p>\n"),
    _text("route.json", json.dumps({"stops": _ROUTE}, ensure_ascii=False)),
    _text("route.xml", f"<route>{''.join(f'<stop>{stop}</stop>' for stop in _ROUTE)}</route>\n"),
)
