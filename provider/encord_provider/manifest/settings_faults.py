"""What is wrong with how the channels of a time series are to be drawn."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.units import Unit

SETTINGS_STYLES: Final = {"line": ("lineWidth", 0.5, 6.0), "points": ("pointRadius", 1.0, 8.0)}
"""Styles of a time series' channel, with their size and its bounds (encord 0.1.211, ``TimeSeriesViewSettings``)."""

LABEL_CHARACTERS: Final = 1024
"""Characters of a channel's label (same source)."""

_COLOUR: Final = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")


def settings_problems(unit: Unit, limits: Limits) -> Iterator[str]:
    """Yield what is wrong with the settings of a unit, where it has any."""
    if unit.settings is None:
        return
    channels = unit.settings.get("channels")
    if unit.kind is not Kind.TIME_SERIES or not isinstance(channels, Mapping):
        yield "settings are of time series and hold an object named channels"
        return
    if len(channels) > limits.channels:
        yield f"{len(channels)} channels have settings, Encord takes {limits.channels}"
    for name, channel in channels.items():
        yield from (f"channel {name!r}: {problem}" for problem in _channel_problems(channel))


def _channel_problems(channel: object) -> Iterator[str]:
    if not isinstance(channel, Mapping):
        yield "not an object"
        return
    label, colour, style = channel.get("label"), channel.get("color"), channel.get("style", "line")
    if label is not None and not (isinstance(label, str) and 1 <= len(label) <= LABEL_CHARACTERS):
        yield "the label is not a text of 1 to 1,024 characters"
    if colour is not None and not (isinstance(colour, str) and _COLOUR.fullmatch(colour)):
        yield f"the color {colour!r} is none of #rgb, #rrggbb and #rrggbbaa"
    if not isinstance(style, str) or style not in SETTINGS_STYLES:
        yield f"the style {style!r} is neither line nor points"
        return
    key, least, most = SETTINGS_STYLES[style]
    size = channel.get(key, least)
    if isinstance(size, bool) or not isinstance(size, (int, float)) or not least <= size <= most:
        yield f"{key} is {size!r}, not a number of {least:g} to {most:g}"
