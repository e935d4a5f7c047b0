"""A sound: proven when its samples have one size, and their number is that of the header."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.media_metadata import AudioMetadata
from encord_provider.media.file_types import doubts_of_name, require_streams
from encord_provider.media.grades import Broken, Finding
from encord_provider.media.index import index_of
from encord_provider.media.ranges import RangeReader
from encord_provider.media.streams import MICROSECONDS, films, has_decoder, opened, packets
from encord_provider.media.timeline import Timeline
from encord_provider.media.tracks import Track

if TYPE_CHECKING:
    from av import AudioFrame, AudioStream
    from av.container import InputContainer

AUDIO_TYPES = frozenset({"audio/mpeg", "audio/x-wav", "audio/flac", "audio/mp4"})
"""What Encord takes as audio (docs.encord.com, "Supported data"), and m4a; it does not name ogg."""

_LAST_SECONDS = 1
"""Where the end of a long FLAC file is looked for, from its end."""

_SAME_SECONDS = Fraction(1, 1000)
"""How far two readers of one file may differ on its length: the step of a container that counts milliseconds."""


@dataclass(frozen=True)
class _Stream:
    """What FFmpeg says of the sound."""

    codec: str
    sample_rate: int
    channels: int
    samples: int | None
    """How many the header says there are, of each channel."""

    seconds: Fraction


def read_audio(reader: RangeReader, key: str, found: str | None) -> Finding:
    """Tell what a sound is, by FFmpeg's libraries and by mutagen, which must agree.

    Lossy codecs have no bit depth, which Encord's form asks for: they are read, and never proven.

    Raises:
        Broken: It is no sound, or is damaged.
        OverBudget: The file costs more than it may.

    """
    require_streams(Kind.AUDIO, key, found)
    found = found and found.replace("video/", "audio/")
    index = index_of(reader)
    with opened(reader, index) as container:
        stream = _sound(container)
        said = _declared(container, stream)
        first = _first_frame(container, stream)
        doubts = list(_doubts_of_frame(said, first))
        track = index.track(stream.id) if index else None
    depth, length = _by_mutagen(reader)
    doubts += _doubts_of_type(key, found)
    if abs(length - said.seconds) >= _SAME_SECONDS:
        doubts.append(f"its header can be read as {float(length):.3f} s and as {float(said.seconds):.3f} s")
    media = AudioMetadata(
        duration=float(said.seconds),
        file_size=reader.size,
        mime_type=found or "",
        sample_rate=said.sample_rate,
        bit_depth=depth,
        codec=said.codec,
        num_channels=said.channels,
    )
    if not depth:
        doubts.append(f"{said.codec} has no bit depth, and Encord asks for one")
    else:
        doubts += _doubts_of_samples(reader, said, depth, track)
    return Finding(media, tuple(doubts))


def _sound(container: "InputContainer") -> "AudioStream":
    if films(container):
        raise Broken("its name says audio, its bytes hold a film")
    sounds = [stream for stream in container.streams.audio if has_decoder(stream)]
    if not sounds:
        raise Broken("its name says audio, its bytes hold no sound")
    return sounds[0]


def _declared(container: "InputContainer", stream: "AudioStream") -> _Stream:
    context = stream.codec_context
    seconds = Fraction(container.duration or 0, MICROSECONDS)
    samples = None
    if stream.duration and stream.time_base:
        seconds = stream.duration * stream.time_base
        exact = seconds * context.sample_rate
        samples = int(exact) if exact.denominator == 1 else None
    return _Stream(context.codec.canonical_name, context.sample_rate, context.channels, samples, seconds)


def _first_frame(container: "InputContainer", stream: "AudioStream") -> "AudioFrame":
    for packet in packets(container, stream):
        for frame in stream.decode(packet):
            return frame
    raise Broken("no sample of it can be decoded")


def _by_mutagen(reader: RangeReader) -> tuple[int, Fraction]:
    """Return the bits of one sample, 0 for codecs without samples of one size, and the length in seconds."""
    import mutagen

    reader.seek(0)
    try:
        file = mutagen.File(reader)
    except mutagen.MutagenError as error:
        raise Broken(f"it is damaged: {error}") from error
    info: Any = None if file is None else file.info
    lossy = getattr(info, "codec", "").startswith(
        "mp4a"
    )  # mutagen says 16, which is what a decoder makes of it
    depth = 0 if lossy else int(getattr(info, "bits_per_sample", 0) or 0)
    return depth, Fraction(getattr(info, "length", 0) or 0)


def _doubts_of_type(key: str, found: str | None) -> Iterator[str]:
    if found not in AUDIO_TYPES:
        yield f"its bytes are {found or 'of no known type'}, which Encord does not list"
    else:
        yield from doubts_of_name(key, found)


def _doubts_of_frame(said: _Stream, first: "AudioFrame") -> Iterator[str]:
    heard = first.sample_rate, first.layout.nb_channels
    if heard != (said.sample_rate, said.channels):
        yield (
            f"it says {said.sample_rate} Hz and {said.channels} channels,"
            f" and its first frame has {heard[0]} Hz and {heard[1]}"
        )


def _doubts_of_samples(reader: RangeReader, said: _Stream, depth: int, track: Track | None) -> Iterator[str]:
    """Yield why the number of samples is not proven."""
    if said.samples is None:
        yield "its header does not say how many samples it has"
    elif said.codec.startswith("pcm_"):
        stated = said.samples * said.channels * depth // 8
        if stated > reader.size:
            raise Broken(f"it is cut off: its samples take {stated} bytes, the file has {reader.size}")
    elif track:
        if track.inside(reader.size) < track.count:
            raise Broken(f"it is cut off: {track.inside(reader.size)} of {track.count} packets are there")
        sounds = track.timeline()
        yield from _doubts_of_count(said, sounds.length * sounds.time_base, sounds.oddities)
    elif reader.is_small:
        with _heard(reader) as sounds:
            yield from _doubts_of_count(said, sounds.length * sounds.time_base, sounds.oddities)
    elif said.codec == "flac":
        yield from _doubts_of_count(said, _end(reader, said), ())
    else:
        yield "its samples cannot be counted without reading all of it"


@contextmanager
def _heard(reader: RangeReader) -> Iterator[Timeline]:
    with opened(reader, None) as container:
        stream = container.streams.audio[0]
        yield Timeline.of(packets(container, stream), stream.time_base or Fraction(1))


def _end(reader: RangeReader, said: _Stream) -> Fraction:
    """Return when the last packet of a file ends, in seconds."""
    with opened(reader, None) as container:
        stream = container.streams.audio[0]
        unit = stream.time_base or Fraction(1)
        container.seek(int((said.seconds - _LAST_SECONDS) / unit), stream=stream)
        ends = [(p.pts + (p.duration or 0)) * unit for p in packets(container, stream) if p.pts is not None]
    return Fraction(ends[-1] if ends else 0)


def _doubts_of_count(said: _Stream, heard: Fraction, oddities: tuple[str, ...]) -> Iterator[str]:
    if heard < said.seconds:
        raise Broken(f"it is cut off: it has {float(heard):.3f} of {float(said.seconds):.3f} s")
    if heard != said.seconds:
        yield f"it says {float(said.seconds):.3f} s, and lasts {float(heard):.3f} s"
    yield from oddities
