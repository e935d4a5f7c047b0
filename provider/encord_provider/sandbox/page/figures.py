"""Figures as people read them: sizes, times, and the facts of an item in a few words."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_SCALE = 1000
_MINUTE, _HOUR = 60, 3600  # seconds

_CHANNELS = {1: "mono", 2: "stereo"}
_FRAMES = {
    "imageGroup": "image",
    "imageSequence": "frame",
    "video": "frame",
    "dicomSeries": "slice",
    "nifti": "slice",
}
"""What ``frame_count`` counts, by item type; elsewhere it says nothing that the other facts do not."""

_ITEM_TYPES = {
    "video": ("video", "videos"),
    "image": ("image", "images"),
    "imageGroup": ("image group", "image groups"),
    "imageSequence": ("image sequence", "image sequences"),
    "dicomFile": ("DICOM file", "DICOM files"),
    "dicomSeries": ("DICOM series", "DICOM series"),
    "audio": ("audio file", "audio files"),
    "timeseries": ("time series", "time series"),
    "nifti": ("NIfTI", "NIfTIs"),
    "plainText": ("text", "texts"),
    "pdf": ("PDF", "PDFs"),
    "scene": ("scene", "scenes"),
    "group": ("data group", "data groups"),
}
"""Singular and plural of each item type."""


def size(count: int | None) -> str:
    """Write a number of bytes with a decimal unit; nothing where it is not known."""
    if count is None:
        return ""
    amount, unit = float(count), 0
    while amount >= _SCALE and unit < len(_UNITS) - 1:
        amount, unit = amount / _SCALE, unit + 1
    return f"{amount:.0f} {_UNITS[unit]}" if unit == 0 else f"{amount:.1f} {_UNITS[unit]}"


def count_of(number: int, singular: str, plural: str | None = None) -> str:
    """Write a number with its noun."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def moment(stamp: str) -> str:
    """Write a time of the database to the second."""
    return f"{datetime.fromisoformat(stamp):%Y-%m-%d %H:%M:%S} UTC"


def duration(seconds: float) -> str:
    """Write seconds the way a player does, with tenths below a minute."""
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    if seconds < _HOUR:
        return f"{minutes}:{rest:02d} min"
    return f"{minutes // _MINUTE}:{minutes % _MINUTE:02d}:{rest:02d} h"


def item_type(name: str) -> str:
    """Write an item type in words."""
    return _ITEM_TYPES.get(name, (name,))[0]


def item_counts(counts: Mapping[str, int]) -> str:
    """Write how many items of each type there are, the most numerous first."""
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return " · ".join(count_of(number, *_ITEM_TYPES.get(name, (name, name))) for name, number in ordered)


def facts(item: RowMapping) -> list[str]:
    """Write what is known of an item's bytes."""
    told = [write(item[column]) for column, write in _FACTS if item[column]]
    if item["width"] and item["height"]:
        told.insert(0, f"{item['width']} \N{MULTIPLICATION SIGN} {item['height']}")
    if item["frame_count"] and item["item_type"] in _FRAMES:
        told.append(count_of(item["frame_count"], _FRAMES[item["item_type"]]))
    return told


_FACTS: tuple[tuple[str, Callable[[Any], str]], ...] = (
    ("duration", duration),
    ("fps", "{:g} fps".format),
    ("num_pages", lambda number: count_of(number, "page")),
    ("audio_sample_rate", lambda rate: f"{rate / _SCALE:g} kHz"),
    ("audio_bit_depth", "{} bit".format),
    ("audio_num_channels", lambda number: _CHANNELS.get(number, f"{number} channels")),
    ("audio_codec", str),
)
"""The columns that make a fact by themselves, with how each is written."""
