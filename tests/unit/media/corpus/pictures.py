"""Pictures, drawn by Pillow."""

import io
import struct
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from encord_provider.manifest.kinds import Kind
from tests.unit.media.corpus.case import Case

FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF", "bmp": "BMP", "tif": "TIFF"}
_ORIENTATION = 0x0112


def picture(form: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    """Draw noise; *form* is a format of Pillow."""
    file = io.BytesIO()
    _noise(size, mode, 0).save(file, form, **options)
    return file.getvalue()


def pictures_in_one(form: str, number: int = 3) -> bytes:
    """Draw several pictures into one file: an animation, or pages."""
    file = io.BytesIO()
    first, *others = [_noise((40, 30), "RGB", seed) for seed in range(number)]
    first.save(file, form, save_all=True, append_images=others)
    return file.getvalue()


def _noise(size: tuple[int, int], mode: str, seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(noise).convert(mode)


def _oriented(form: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    return picture(form, exif=exif)


@cache
def pictures() -> tuple[Case, ...]:
    """Return the pictures, good ones and bad ones."""
    return tuple(Case(f"pictures/{name}", Kind.IMAGE, content) for name, content in _all())


def _all() -> Iterator[tuple[str, bytes]]:
    yield from _plain()
    yield from _turned_and_several()
    yield from _damaged()


def _plain() -> Iterator[tuple[str, bytes]]:
    for ending, form in FORMATS.items():
        for size in ((40, 30), (1, 1), (301, 7)):
            yield f"size-{size[0]}x{size[1]}.{ending}", picture(form, size)
    for mode in ("1", "L", "P", "RGBA", "I;16", "CMYK", "RGB"):
        if mode != "CMYK":
            yield f"mode-{mode.replace(';', '')}.png", picture("PNG", mode=mode)
        yield f"mode-{mode.replace(';', '')}.tiff", picture("TIFF", mode=mode)
    for mode in ("1", "L", "P", "RGBA"):
        yield f"mode-{mode}.bmp", picture("BMP", mode=mode)
    for mode in ("L", "CMYK"):
        yield f"mode-{mode}.jpeg", picture("JPEG", mode=mode)
    yield "progressive.jpg", picture("JPEG", progressive=True)
    for compression in ("tiff_lzw", "tiff_deflate", "jpeg", "packbits"):
        yield f"compressed-{compression}.tif", picture("TIFF", compression=compression)
    yield "large.tif", picture("TIFF", size=(700, 500))
    yield "large.bmp", picture("BMP", size=(700, 500))
    yield "large.png", picture("PNG", size=(700, 500))


def _turned_and_several() -> Iterator[tuple[str, bytes]]:
    for orientation in range(1, 9):
        yield f"orientation-{orientation}.jpg", _oriented("JPEG", orientation)
    for orientation in (3, 6):
        yield f"orientation-{orientation}.png", _oriented("PNG", orientation)
        yield f"orientation-{orientation}.webp", _oriented("WEBP", orientation)
        yield f"orientation-{orientation}.tif", _oriented("TIFF", orientation)
    for ending in ("png", "webp", "avif", "tif"):
        yield f"several.{ending}", pictures_in_one(FORMATS[ending])


def _damaged() -> Iterator[tuple[str, bytes]]:
    for ending, form in FORMATS.items():
        content = picture(form)
        for percent in (10, 50, 95):
            yield f"cut-{percent}.{ending}", content[: len(content) * percent // 100]
        yield f"trailer.{ending}", content + b"something else"
    yield "named-jpg.jpg", picture("PNG")
    yield "named-png.png", picture("WEBP")
    yield "gif.png", picture("GIF")
    yield "gif-is-no-kind.webp", picture("GIF")
    png = bytearray(picture("PNG"))
    png[16:24] = struct.pack(">II", 100_000, 100_000)
    yield "giant.png", bytes(png)
    bmp = bytearray(picture("BMP"))
    bmp[18:22] = struct.pack("<I", 4000)
    yield "wide.bmp", bytes(bmp)
    yield "noise.jpg", bytes(np.random.default_rng(3).integers(0, 256, 3000, dtype=np.uint8))
    yield "text.png", b"not a picture\n" * 20
