"""A picture: proven when its header is whole, its end is there, and nobody would turn it."""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, cast

from encord_provider.manifest.media_metadata import ImageMetadata
from encord_provider.media.file_types import doubts_of_name
from encord_provider.media.grades import Broken, Finding, Unclear
from encord_provider.media.ranges import BLOCK, RangeReader
from encord_provider.media.room import DECODING

if TYPE_CHECKING:
    from typing import BinaryIO

    from PIL.ImageFile import ImageFile
    from PIL.TiffImagePlugin import TiffImageFile

IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/avif", "image/bmp", "image/tiff"})
"""What Encord takes as an image (docs.encord.com, "Supported data")."""

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "AVIF", "BMP", "TIFF", "GIF")
"""What is opened at all; Pillow knows formats that run programs."""

_LAST_BYTES: Final = {
    "JPEG": b"\xff\xd9",  # the marker EOI, ITU-T T.81
    "PNG": b"\x00\x00\x00\x00IEND\xaeB`\x82",  # the chunk IEND, ISO/IEC 15948
}
"""How whole files of these formats end."""

_READ_WHOLE: Final = frozenset({"WEBP", "AVIF"})
"""Formats that Pillow reads whole to open them: they are decoded then."""

_BYTES_A_PIXEL = 8
"""What Pillow and its decoders hold: four bytes each."""

_PNG_EXIF = b"eXIf"
_ORIENTATION = 0x0112  # EXIF 2.3, §4.6.4 A
_TURNED_SIDEWAYS = range(5, 9)
_STRIP_OFFSETS, _STRIP_BYTES = 273, 279  # TIFF 6.0, StripOffsets and StripByteCounts
_TILE_OFFSETS, _TILE_BYTES = 324, 325


def read_image(reader: RangeReader, key: str, found: str | None) -> Finding:
    """Tell what a picture is.

    Raises:
        Broken: It is no picture, or is damaged.
        Unclear: It has so many pixels that Pillow takes it for an attack.
        OverBudget: The file costs more than it may.

    """
    with _opened(reader) as image:
        width, height = image.size
        mime_type = image.get_format_mimetype() or found or ""
        doubts = [
            *_doubts_of_type(key, mime_type),
            *_doubts_of_show(image, reader),
            *_doubts_of_end(image, reader),
        ]
        if image.format in _READ_WHOLE:
            _decode(image, reader)
    return Finding(ImageMetadata(mime_type, reader.size, width, height), tuple(doubts))


@contextmanager
def _opened(reader: RangeReader) -> Iterator["ImageFile"]:
    """Open a picture; what goes wrong on entry and while it is in use is told apart."""
    from PIL import Image, UnidentifiedImageError

    # what Pillow's decoders raise over damaged bytes
    damaged = (
        *(ArithmeticError, AttributeError, EOFError, LookupError, OSError, RuntimeError),
        *(SyntaxError, TypeError, ValueError, struct.error),
    )
    reader.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(cast("BinaryIO", reader), formats=_FORMATS) as image:
                yield image
    except Image.DecompressionBombError as error:
        raise Unclear("it has so many pixels that it may be an attack") from error
    except UnidentifiedImageError as error:
        raise Broken("it is damaged, or no picture") from error
    except damaged as error:
        raise Broken(f"it is damaged: {error}") from error


def _doubts_of_type(key: str, mime_type: str) -> Iterator[str]:
    if mime_type not in IMAGE_TYPES:
        yield f"its bytes are {mime_type or 'of no known type'}, which Encord does not list"
    else:
        yield from doubts_of_name(key, mime_type)


def _doubts_of_show(image: "ImageFile", reader: RangeReader) -> Iterator[str]:
    """Yield why people may see another picture than the header says."""
    if image.format == "PNG" and not reader.is_small and "exif" not in image.info:
        reader.seek(-min(BLOCK, reader.size), 2)
        if _PNG_EXIF in reader.read():  # Pillow would read all pixels to get there
            yield "EXIF stands behind its pixels, and may turn it"
    elif image.getexif().get(_ORIENTATION) in _TURNED_SIDEWAYS:
        yield "EXIF turns it on its side: programs disagree on which side is its width"
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        yield f"it holds {frames} pictures, not one"


def _doubts_of_end(image: "ImageFile", reader: RangeReader) -> Iterator[str]:
    """Yield a doubt where the end of the picture cannot be shown to be there."""
    if image.format in _READ_WHOLE:
        return
    last = _LAST_BYTES.get(image.format or "")
    if last:
        reader.seek(-len(last), 2)
        if reader.read(len(last)) != last:
            yield "it does not end as a whole file does: it is cut off, or something follows it"
    elif image.format == "TIFF":
        _require_end(_end_of_strips(cast("TiffImageFile", image)), reader.size)
    elif image.format == "BMP":
        _require_end(_end_of_rows(image, reader), reader.size)
    else:
        yield "its end cannot be told"


def _decode(image: "ImageFile", reader: RangeReader) -> None:
    """Decode all of a picture, when there is room."""
    pixels = image.width * image.height
    reader.require(pixels=pixels)
    with DECODING.taken(_BYTES_A_PIXEL * pixels):
        image.load()


def _require_end(end: int, size: int) -> None:
    if end > size:
        raise Broken(f"it is cut off: its pixels end at byte {end}, the file at byte {size}")


def _end_of_strips(image: "TiffImageFile") -> int:
    tags = image.tag_v2
    for offsets, sizes in ((_STRIP_OFFSETS, _STRIP_BYTES), (_TILE_OFFSETS, _TILE_BYTES)):
        if offsets in tags and sizes in tags:
            return max(int(at) + int(size) for at, size in zip(tags[offsets], tags[sizes], strict=True))
    raise Broken("it is damaged: it does not say where its pixels are")


def _end_of_rows(image: "ImageFile", reader: RangeReader) -> int:
    """Return where the pixels of an uncompressed picture end, rows being padded to four bytes."""
    tile = image.tile[0]
    if tile.codec_name != "raw":
        _decode(image, reader)
        return 0
    bits = {"1": 1, "L": 8, "P": 8, "RGB": 24, "RGBA": 32}[image.mode]
    raw = str(tile.args[0]) if isinstance(tile.args, tuple) else ""
    bits = {"BGR;15": 16, "BGR;16": 16, "BGRX": 32, "P;1": 1, "P;4": 4, "P;2": 2}.get(raw, bits)
    return tile.offset + (image.width * bits + 31) // 32 * 4 * image.height
