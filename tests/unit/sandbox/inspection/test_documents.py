"""PDFs, texts, time series and scenes: what is told of them, and which are refused."""

import io

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from encord_provider.sandbox.inspection import Refused, inspect
from tests import media
from tests.unit.sandbox.inspection.held import Held


def test_a_pdf_gives_its_pages() -> None:
    paper = _paper(pages=3)

    facts = inspect("PDF", Held(paper), "paper")

    assert (facts.mime_type, facts.file_size, facts.num_pages) == ("application/pdf", len(paper), 3)


def test_a_truncated_pdf_is_refused() -> None:
    paper = _paper(pages=3)

    with pytest.raises(Refused, match="truncated"):
        inspect("PDF", Held(paper[: len(paper) // 2]), "paper.pdf")


def test_a_pdf_without_any_object_is_refused() -> None:
    with pytest.raises(Refused, match="cannot be opened"):
        inspect("PDF", Held(b"%PDF-1.7\n%%EOF\n"), "paper.pdf")


def test_a_pdf_behind_a_password_is_refused() -> None:
    file = io.BytesIO()
    canvas = Canvas(file, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(72, 720, "Nobody reads this.")
    canvas.save()

    with pytest.raises(Refused, match=r"(?i)password"):
        inspect("PDF", Held(file.getvalue()), "paper.pdf")


def test_what_is_no_pdf_is_refused_in_encords_words() -> None:
    with pytest.raises(Refused) as refusal:
        inspect("PDF", Held(b"<html></html>"), "paper.pdf")

    assert refusal.value.reason == "Expected a PDF, got a file of type text/plain"


@pytest.mark.parametrize(
    ("name", "mime_type"),
    [
        ("readme.txt", "text/plain"),
        ("page.html", "text/html"),
        ("feed.xml", "text/xml"),
        ("labels.json", "application/json"),
        ("table.csv", "text/csv"),
        ("no-extension", "text/plain"),
        ("misnamed.jpg", "text/plain"),
    ],
)
def test_the_type_of_a_text_is_told_by_its_name(name: str, mime_type: str) -> None:
    text = "Straße, 東京, naïve\n".encode()

    facts = inspect("PLAIN_TEXT", Held(text), name)

    assert (facts.mime_type, facts.file_size) == (mime_type, len(text))


def test_a_long_text_whose_head_ends_inside_a_character_is_still_a_text() -> None:
    assert inspect("PLAIN_TEXT", Held(("a" * 4095 + "ü" * 10).encode()), "long.txt").file_size == 4115


@pytest.mark.parametrize("data", [media.image("jpeg"), b"null \x00 byte", "Grüße".encode("utf-16")])
def test_what_is_no_text_is_refused_in_encords_words(data: bytes) -> None:
    with pytest.raises(Refused, match="Expected a text file, got a file of type"):
        inspect("PLAIN_TEXT", Held(data), "notes.txt")


def test_a_text_that_turns_binary_after_its_head_is_refused() -> None:
    with pytest.raises(Refused, match="not UTF-8: byte 5000"):
        inspect("PLAIN_TEXT", Held(b"a" * 5000 + b"\xff"), "notes.txt")


def test_a_table_of_signals_is_a_time_series() -> None:
    assert inspect("TIMESERIES", Held(media.signals()), "drive.csv").mime_type == "text/csv"


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (b"just a sentence", "whose header names the times"),
        (b"time,speed\n", "has no rows"),
        (b"time,speed\n0,fast\n", "Row 1 of the time series has no number in channel 'speed'"),
        (b"time,speed\n0,1\n1,2,3\n", "Row 2 of the time series has 3 cells, its header 2"),
        (media.image("png"), "Expected a text file, got a file of type image/png"),
    ],
)
def test_what_is_no_table_of_signals_is_refused(table: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        inspect("TIMESERIES", Held(table), "drive.csv")


@pytest.mark.parametrize(
    "data", [media.point_cloud(), b"# .PCD v0.7\n" + media.point_cloud(), media.image("jpeg")]
)
def test_a_point_cloud_and_a_camera_image_may_be_part_of_a_scene(data: bytes) -> None:
    assert inspect("SCENE", Held(data), "sweep").file_size == len(data)


def test_a_point_cloud_cut_off_in_its_header_is_refused() -> None:
    cloud = media.point_cloud()

    with pytest.raises(Refused, match="no DATA line"):
        inspect("SCENE", Held(cloud[: cloud.index(b"DATA")]), "sweep.pcd")


def test_what_is_no_part_of_a_scene_is_refused_in_encords_words() -> None:
    with pytest.raises(Refused, match="Expected a scene, got a file of type text/plain"):
        inspect("SCENE", Held(b"x y z\n0 0 0\n"), "sweep.pcd")


def _paper(pages: int) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(200, 280))
    for number in range(pages):
        canvas.drawString(20, 140, f"Page {number}")
        canvas.showPage()
    canvas.save()
    return file.getvalue()
