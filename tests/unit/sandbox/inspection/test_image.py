"""Images: what is told of them, and which are refused."""

import io

import pytest
from PIL import Image

from encord_provider.sandbox.inspection import Refused, inspect
from tests import media
from tests.unit.sandbox.inspection.held import Held

FORMATS = [
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("bmp", "image/bmp"),
    ("tiff", "image/tiff"),
]


@pytest.mark.parametrize(("kind", "mime_type"), FORMATS)
@pytest.mark.parametrize("registered_as", ["IMAGE", "IMG"])
def test_each_image_format_gives_its_facts(kind: str, mime_type: str, registered_as: str) -> None:
    picture = media.image(kind, width=31, height=17)

    facts = inspect(registered_as, Held(picture), "any name at all")

    assert facts.mime_type == mime_type
    assert facts.file_size == len(picture)
    assert (facts.width, facts.height) == (31, 17)
    assert facts.duration is None


@pytest.mark.parametrize(("kind", "_mime_type"), FORMATS)
def test_a_truncated_image_is_refused(kind: str, _mime_type: str) -> None:
    picture = _noise(kind)

    with pytest.raises(Refused, match="damaged"):
        inspect("IMAGE", Held(picture[: len(picture) // 2]), "picture")


def test_an_image_with_a_flipped_bit_in_its_pixels_is_refused_where_the_format_can_tell() -> None:
    picture = bytearray(_noise("png"))
    picture[len(picture) // 2] ^= 1

    with pytest.raises(Refused, match="damaged"):
        inspect("IMAGE", Held(bytes(picture)), "picture.png")


def test_width_and_height_are_those_of_the_pixels_and_not_of_the_rotation_in_exif() -> None:
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # Orientation: turned by a quarter
    Image.new("RGB", (40, 30)).save(file, "jpeg", exif=exif)

    facts = inspect("IMAGE", Held(file.getvalue()), "turned.jpg")

    assert (facts.width, facts.height) == (40, 30)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"This is no picture, whatever its name says.\n", "text/plain"),
        (media.image("gif"), "image/gif"),
        (media.pdf(), "application/pdf"),
        (media.dicom(), "application/dicom"),
    ],
)
def test_what_is_no_image_is_refused_in_encords_words(data: bytes, found: str) -> None:
    with pytest.raises(Refused) as refusal:
        inspect("IMAGE", Held(data), "picture.jpg")

    assert refusal.value.reason == f"Expected an image, got a file of type {found}"


def test_a_picture_with_more_pixels_than_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)

    with pytest.raises(Refused, match="too many pixels"):
        inspect("IMAGE", Held(media.image("png", width=100, height=100)), "huge.png")


def _noise(kind: str) -> bytes:
    file = io.BytesIO()
    Image.effect_noise((64, 64), 80).convert("RGB").save(file, kind)
    return file.getvalue()
