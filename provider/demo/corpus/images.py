"""Images: one of each format, an image group, an image sequence."""

import io
from collections.abc import Mapping
from functools import partial

from demo.corpus.model import Source, Unit, shot, source
from demo.corpus.road import DAY, DUSK, NIGHT, RAIN, View, draw_road

FRAMES = 12


def encode(file_format: str, view: View, moment: float = 0.0) -> bytes:
    """Draw one image in a format that Pillow names, such as ``JPEG``."""
    out = io.BytesIO()
    draw_road(view, moment).save(out, file_format)
    return out.getvalue()


def _image(
    name: str, file_format: str, view: View, moment: float = 0.0, about: Mapping[str, str] | None = None
) -> Unit:
    make = partial(encode, file_format, view, moment)
    return Unit("image", (source(f"images/{name}", make),), about or {})


def _camera(name: str, view: View) -> Source:
    return source(f"groups/junction/{name}.jpg", partial(encode, "JPEG", view))


PLAIN = (
    _image("front.jpg", "JPEG", DAY, 0, shot("Ghent", "clear", "09:00", reviewed=True)),
    _image("rear.png", "PNG", DUSK, 0, shot("Ghent", "clear", "16:40")),
    _image("left.webp", "WEBP", NIGHT, 0, shot("Malmö", "fog", "21:15")),
    _image("right.tiff", "TIFF", RAIN, 0, shot("Malmö", "rain", "11:05", reviewed=True)),
    _image("roof.bmp", "BMP", DAY, 3),
    _image("inside.avif", "AVIF", DUSK, 2),
)

# Each name holds something that URLs, shells or S3 read in their own way.
ODD = (
    _image("a+b.jpg", "JPEG", DAY, 1, shot("Turin", "clear", "09:30")),
    _image("lot #7.png", "PNG", RAIN, 1, shot("Turin", "rain", "10:10", reviewed=True)),
    _image("50%.jpg", "JPEG", DUSK, 1),
    _image("why?.jpg", "JPEG", NIGHT, 1),
    _image("Größe/Straße.jpg", "JPEG", DUSK, 3, shot("Köln", "clear", "17:00")),
    _image("駐車場.jpg", "JPEG", NIGHT, 2, shot("名古屋", "rain", "20:45")),
    _image("literal%20space.jpg", "JPEG", RAIN, 2, shot("Köln", "rain", "12:00")),
    _image("real space & more (1).jpg", "JPEG", DAY, 2),
)

GROUP = Unit(
    "imageGroup",
    (_camera("front", DAY), _camera("left", DUSK), _camera("rear", NIGHT), _camera("right", RAIN)),
)

# In the order of names, frame_10 would come before frame_2.
SEQUENCE = Unit(
    "imageSequence",
    tuple(
        source(f"sequences/approach/frame_{number}.jpg", partial(encode, "JPEG", DAY, number / 4))
        for number in range(1, FRAMES + 1)
    ),
)

UNITS = (*PLAIN, *ODD, GROUP, SEQUENCE)
