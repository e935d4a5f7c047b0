"""An image: format and every pixel."""

import io
import struct

from PIL import Image, UnidentifiedImageError

from encord_provider.sandbox.cloud import ObjectReader
from encord_provider.sandbox.inspection.facts import Facts, Refused
from encord_provider.sandbox.inspection.file_type import HEAD_BYTES, file_type, unexpected

IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/avif", "image/bmp", "image/tiff"})
"""What Encord takes as an image: jpeg, png, webp, avif, bmp, tiff (Encord docs, "Supported data")."""

PILLOW_FAULTS = (
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)
"""What Pillow's decoders raise over damaged bytes."""


def inspect_image(reader: ObjectReader) -> Facts:
    """Tell what an image is, after decoding the whole of it.

    Raises:
        Refused: It is no image, or is damaged.

    """
    data = reader.read_all()
    mime_type = file_type(data[:HEAD_BYTES])
    if mime_type not in IMAGE_TYPES:
        raise unexpected("an image", mime_type)
    width, height = decoded(data).size
    return Facts(mime_type=mime_type, file_size=reader.size, width=width, height=height)


def decoded(data: bytes) -> Image.Image:
    """Decode an image, the first one of several.

    Raises:
        Refused: It is damaged, or so large that Pillow takes it for an attack.

    """
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except Image.DecompressionBombError as error:
        raise Refused("The image has too many pixels") from error
    except PILLOW_FAULTS as error:
        raise Refused(f"The image is damaged: {_reason(error)}") from error
    return image


def _reason(error: Exception) -> str:
    # This text alone would name an object in memory.
    return "it cannot be identified" if isinstance(error, UnidentifiedImageError) else str(error)
