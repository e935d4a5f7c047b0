"""What a file is by a full decode: the facts that a supplied value must equal."""

import io
from fractions import Fraction
from typing import Any

import av
import pydicom
import pypdfium2
from PIL import Image

from encord_provider.manifest.media_metadata import (
    AudioMetadata,
    DicomMetadata,
    ImageMetadata,
    MediaMetadata,
    PdfMetadata,
    TextMetadata,
    VideoMetadata,
)
from encord_provider.sandbox.inspection.file_type import file_type
from encord_provider.sandbox.inspection.text import text_type
from tests.unit.media.corpus import Case

_TICK = 0.001
"""The coarsest time base of the corpus, in seconds: Matroska's."""


def wrong_values(case: Case, said: MediaMetadata) -> list[str]:
    """Return what of *said* a full decode of the file contradicts."""
    match said:
        case VideoMetadata():
            return _wrong_of_film(case.content, said)
        case AudioMetadata():
            return _wrong_of_sound(case.content, said)
        case ImageMetadata():
            return _wrong_of_picture(case.content, said)
        case PdfMetadata():
            return _unequal(num_pages=(said.num_pages, len(pypdfium2.PdfDocument(case.content))))
        case TextMetadata():
            case.content.decode("utf-8-sig")
            return _unequal(mime_type=(said.mime_type, text_type(case.key)))
        case DicomMetadata():
            return _wrong_of_slice(case.content, said)


def _unequal(**values: tuple[Any, Any]) -> list[str]:
    return [f"{name}: {said}, truly {true}" for name, (said, true) in values.items() if said != true]


def _wrong_of_film(content: bytes, said: VideoMetadata) -> list[str]:
    """Look at every frame, in the order in which it is shown."""
    with av.open(io.BytesIO(content), "r") as container:
        frames = [(f.time, f.width, f.height, f.rotation) for f in container.decode(video=0)]
    wrong = _unequal(
        sizes=({(said.width, said.height)}, {(width, height) for _, width, height, _ in frames}),
        rotations=({0}, {rotation for *_, rotation in frames}),
        file_size=(said.file_size, len(content)),
        mime_type=(said.mime_type, file_type(content[:4096])),
    )
    for number, (time, *_) in enumerate(frames):
        if abs(time - number / said.fps) > _TICK:
            wrong.append(f"frame {number} is shown at {time}, not at {number / said.fps}")
    if abs(len(frames) / said.fps - said.duration) > _TICK:
        wrong.append(f"duration: {said.duration}, truly {len(frames) / said.fps}")
    return wrong


def _wrong_of_sound(content: bytes, said: AudioMetadata) -> list[str]:
    with av.open(io.BytesIO(content), "r") as container:
        stream = container.streams.audio[0]
        frames = list(container.decode(stream))
        codec = stream.codec_context.codec.canonical_name
    samples = sum(frame.samples for frame in frames)
    return _unequal(
        duration=(
            Fraction(said.duration).limit_denominator(said.sample_rate),
            Fraction(samples, said.sample_rate),
        ),
        sample_rate=({said.sample_rate}, {frame.sample_rate for frame in frames}),
        num_channels=({said.num_channels}, {frame.layout.nb_channels for frame in frames}),
        depth_fits=(True, all(said.bit_depth <= frame.format.bits for frame in frames)),
        codec=(said.codec, codec),
        file_size=(said.file_size, len(content)),
        mime_type=(said.mime_type, file_type(content[:4096]).replace("video/", "audio/")),
    )


def _wrong_of_picture(content: bytes, said: ImageMetadata) -> list[str]:
    image = Image.open(io.BytesIO(content))
    image.load()
    return _unequal(
        size=((said.width, said.height), image.size),
        pictures=(1, getattr(image, "n_frames", 1)),
        file_size=(said.file_size, len(content)),
        mime_type=(said.mime_type, file_type(content[:4096])),
    )


def _wrong_of_slice(content: bytes, said: DicomMetadata) -> list[str]:
    whole = pydicom.dcmread(io.BytesIO(content))
    assert whole.pixel_array.size
    true = whole.to_json_dict()
    return _unequal(**{tag: (value, true.get(tag)) for tag, value in said.tags.items()})
