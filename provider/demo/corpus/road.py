"""What the cameras of a fleet see: drawn, so that the corpus needs no one's photographs."""

from dataclasses import dataclass

from PIL import Image, ImageDraw

_HORIZON = 0.42  # of the height
_DASHES = 7


@dataclass(frozen=True)
class View:
    """One camera's look at the road."""

    sky: tuple[int, int, int] = (126, 178, 222)
    land: tuple[int, int, int] = (112, 140, 88)
    car: tuple[int, int, int] = (196, 62, 48)
    lane: float = 0.45
    """Where the car ahead drives: -1 left edge of the road, 1 right edge."""

    sun: float = 0.8
    """Where the sun stands, from the left edge (0) to the right one (1)."""


DAY = View()
DUSK = View(sky=(222, 148, 108), land=(96, 98, 80), car=(58, 84, 150), lane=0.5, sun=0.25)
NIGHT = View(sky=(24, 30, 58), land=(30, 40, 36), car=(228, 196, 92), lane=-0.5, sun=0.6)
RAIN = View(sky=(148, 156, 164), land=(88, 108, 84), car=(90, 150, 110), lane=0.4, sun=0.5)


def draw_road(view: View, moment: float = 0.0, size: tuple[int, int] = (640, 360)) -> Image.Image:
    """Draw the road as *view* sees it.

    Args:
        view: Light and traffic.
        moment: Seconds driven; the dashes come nearer and the car ahead slowly draws away.
        size: Width and height, in pixels.

    """
    width, height = size
    horizon = height * _HORIZON
    image = Image.new("RGB", size, view.sky)
    draw = ImageDraw.Draw(image)
    _draw_sky(draw, view, width, horizon)
    draw.rectangle((0, horizon, width, height), fill=view.land)
    _draw_lane(draw, moment, size, horizon)
    _draw_car(draw, view, moment, size, horizon)
    return image


def _draw_sky(draw: ImageDraw.ImageDraw, view: View, width: int, horizon: float) -> None:
    for row in range(int(horizon)):
        glow = row / horizon
        shade = tuple(int(channel + (250 - channel) * 0.45 * glow) for channel in view.sky)
        draw.line((0, row, width, row), fill=shade)
    radius = width * 0.035
    x, y = width * view.sun, horizon * 0.35
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(255, 244, 206))
    hills = [(0, horizon), (0.2, 0.72 * horizon), (0.38, 0.9 * horizon), (0.62, 0.62 * horizon), (1, horizon)]
    far = tuple(int(channel * 0.8) for channel in view.land)
    draw.polygon([(x * width, y) for x, y in hills], fill=far)


def _draw_lane(draw: ImageDraw.ImageDraw, moment: float, size: tuple[int, int], horizon: float) -> None:
    width, height = size
    middle = width / 2
    road = [(middle - 0.03 * width, horizon), (middle + 0.03 * width, horizon), (0.95 * width, height)]
    draw.polygon([*road, (0.05 * width, height)], fill=(84, 86, 92))
    for dash in range(_DASHES):
        near = ((dash + moment * 2) % _DASHES) / _DASHES
        top, bottom = (horizon + (height - horizon) * depth**2 for depth in (near, near + 0.07))
        half = 1 + 0.008 * width * near**2
        draw.polygon(
            [(middle - half, top), (middle + half, top), (middle + half, bottom), (middle - half, bottom)],
            fill=(240, 236, 214),
        )


def _draw_car(
    draw: ImageDraw.ImageDraw, view: View, moment: float, size: tuple[int, int], horizon: float
) -> None:
    width, height = size
    depth = 0.5 / (1 + 0.25 * moment)
    bottom = horizon + (height - horizon) * depth
    half = 0.16 * width * depth
    middle = width / 2 + view.lane * width * (0.03 + 0.42 * depth)
    draw.rectangle((middle - half, bottom - half, middle + half, bottom), fill=view.car)
    roof = [(middle - 0.8 * half, bottom - half), (middle - 0.55 * half, bottom - 1.6 * half)]
    draw.polygon(
        [*roof, (middle + 0.55 * half, bottom - 1.6 * half), (middle + 0.8 * half, bottom - half)],
        fill=view.car,
    )
    for side in (-0.75, 0.75):
        lamp = middle + side * half
        draw.ellipse(
            (lamp - 0.14 * half, bottom - 0.7 * half, lamp + 0.14 * half, bottom - 0.42 * half),
            fill=(255, 64, 48),
        )
