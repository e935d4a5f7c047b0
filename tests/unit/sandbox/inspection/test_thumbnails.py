"""Thumbnails: a small JPEG of everything that has a picture."""

import gzip
import io
from collections.abc import Callable

import pytest
from PIL import Image

from encord_provider.sandbox.inspection import thumbnail
from tests import media
from tests.unit.sandbox.inspection import recordings
from tests.unit.sandbox.inspection.held import Held


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("VIDEO", recordings.video),
        ("IMAGE", lambda: media.image("tiff", width=2000, height=1000)),
        ("IMG", lambda: media.image("png")),
        ("AUDIO", recordings.sound),
        ("PDF", media.pdf),
        ("DICOM", media.dicom),
        ("NIFTI", media.nifti),
        ("NIFTI", lambda: gzip.compress(media.nifti())),
    ],
)
def test_whatever_can_be_seen_has_a_small_picture(kind: str, made: Callable[[], bytes]) -> None:
    picture = thumbnail(kind, Held(made()))

    assert picture is not None
    with Image.open(io.BytesIO(picture)) as small:
        assert small.format == "JPEG"
        assert max(small.size) <= 480


def test_a_thumbnail_shows_the_picture() -> None:
    picture = thumbnail("IMAGE", Held(media.image("png", shade=250)))

    assert picture is not None
    red, green, blue = Image.open(io.BytesIO(picture)).getpixel((5, 5))  # type: ignore[misc] # three bands
    assert (red, green, blue) == pytest.approx((250, 64, 5), abs=8)


@pytest.mark.parametrize("kind", ["PLAIN_TEXT", "TIMESERIES", "SCENE"])
def test_what_cannot_be_seen_has_none(kind: str) -> None:
    assert thumbnail(kind, Held(b"words")) is None


@pytest.mark.parametrize("kind", ["VIDEO", "IMAGE", "AUDIO", "PDF", "DICOM", "NIFTI"])
@pytest.mark.parametrize("data", [b"", b"words", media.image("png")[:60]])
def test_what_is_damaged_or_something_else_has_none(kind: str, data: bytes) -> None:
    assert thumbnail(kind, Held(data)) is None
