"""A film: proven when it runs at one rate from time zero, and everything in the file says so."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Self

from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.media_metadata import VideoMetadata
from encord_provider.media.budget import Budget
from encord_provider.media.file_types import doubts_of_name, require_streams
from encord_provider.media.grades import Broken, Finding
from encord_provider.media.index import Index, index_of
from encord_provider.media.ranges import RangeReader
from encord_provider.media.streams import MICROSECONDS, UNKNOWN_PIXELS, films, opened, packets
from encord_provider.media.timeline import Timeline
from encord_provider.media.tracks import Track

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.container import InputContainer

VIDEO_TYPES = frozenset({"video/mp4", "video/quicktime", "video/webm", "video/x-matroska"})
"""What Encord takes as a video (docs.encord.com, "Supported data")."""

PLAIN_CODECS = frozenset({"av1", "h264", "hevc", "mjpeg", "prores", "vp8", "vp9"})
"""Codecs that show one frame for each packet; others can hide or repeat some."""

_TELEVISION = 1001
"""The denominator of television's rates: 30000/1001, for example."""

_COMPARED = 16
"""Entries of the index, at even distances, for which FFmpeg is asked too."""

_ROUNDING = Fraction(1, 100_000)
"""By how much of itself a rate may be off where a container rounds the length of a frame to nanoseconds."""


@dataclass(frozen=True)
class _Declared:
    """What a file's header says of its film."""

    rate: Fraction | None
    frames: int
    """0 where it does not say."""

    start: int | None
    """Of the film, in its own time base, as all other times but the container's."""

    length: int | None
    whole_start: Fraction
    """Of the container with everything in it, in seconds."""

    whole_length: Fraction | None
    time_base: Fraction

    @classmethod
    def by(cls, container: "InputContainer", stream: "VideoStream") -> Self:
        length = container.duration
        return cls(
            rate=_rate(stream),
            frames=stream.frames,
            start=stream.start_time,
            length=stream.duration,
            whole_start=Fraction(container.start_time or 0, MICROSECONDS),
            whole_length=None if length is None else Fraction(length, MICROSECONDS),
            time_base=stream.time_base or Fraction(1, MICROSECONDS),
        )

    @property
    def seconds(self) -> Fraction:
        """How long it says that it is."""
        return self.time_base * self.length if self.length else (self.whole_length or Fraction(0))


def read_video(reader: RangeReader, key: str, found: str | None) -> Finding:
    """Tell what a film is, from its index and its first picture.

    The sample tables of an mp4 or mov give the time of every frame, so their contents are not fetched. Other
    containers have no such index: only small ones are proven, which are read whole.

    Raises:
        Broken: It is no film, or is damaged.
        OverBudget: The file costs more than it may.

    """
    require_streams(Kind.VIDEO, key, found)
    index = index_of(reader)
    edited = index is not None and index.is_edited  # a decoder does not give the frames that edits hide
    with opened(reader, index, pixels=UNKNOWN_PIXELS, ignore_edits=edited) as container:
        stream = _film(container)
        said = _Declared.by(container, stream)
        track = index.track(stream.id) if index else None
        if track:
            _require_whole(track, stream, reader.size)
        reader.require(pixels=stream.codec_context.width * stream.codec_context.height)
        picture = _first_picture(container, stream, reader.budget)
        doubts = [*_doubts_of_type(key, found), *_doubts_of_streams(container), *_doubts_of(picture, stream)]
        if track:
            doubts += _doubts_of_reading(track, stream)
    media = VideoMetadata(
        fps=float(said.rate or 0),
        duration=float(said.seconds),
        width=picture.width,
        height=picture.height,
        file_size=reader.size,
        mime_type=found or "",
    )
    if track:
        shown = track.timeline()
        doubts += [*_doubts_of_index(shown, said), *_doubts_of_rate(shown, said, exact=True)]
    elif reader.is_small:
        shown = _timeline(reader, index)
        doubts += _doubts_of_rate(shown, said, exact=False)
        if said.rate:
            media = replace(media, duration=float(len(shown.starts) / said.rate))
    else:
        doubts.append("it has no index of its frames, and is too large to be read whole")
    return Finding(media, tuple(doubts))


def _film(container: "InputContainer") -> "VideoStream":
    found = films(container)
    if not found:
        raise Broken(
            "its name says video, its bytes hold no film" + (", only sound" * bool(container.streams.audio))
        )
    return found[0]


def _require_whole(track: Track, stream: "VideoStream", size: int) -> None:
    """Check that the index has as many frames as the header states, all of them inside the file."""
    inside = track.inside(size)
    if inside < max(track.count, stream.frames):
        raise Broken(f"it is cut off: {inside} of {stream.frames} frames are there")


def _doubts_of_reading(track: Track, stream: "VideoStream") -> Iterator[str]:
    """Yield a doubt where FFmpeg reads the index in another way; some entries stand for all."""
    entries = stream.index_entries
    if len(entries) == track.count:
        places = range(0, track.count, max(1, track.count // _COMPARED))
        theirs = [(entries[place].timestamp, entries[place].pos + entries[place].size) for place in places]
        ours = [(int(track.decoded[place]), int(track.ends[place])) for place in places]
        shift = theirs[0][0] - ours[0][0]
        if theirs == [(time + shift, end) for time, end in ours]:
            return
    yield "its index can be read in two ways"


def _timeline(reader: RangeReader, index: Index | None) -> Timeline:
    with opened(reader, index, pixels=UNKNOWN_PIXELS) as container:
        stream = films(container)[0]
        return Timeline.of(packets(container, stream), stream.time_base or Fraction(1))


def _first_picture(container: "InputContainer", stream: "VideoStream", budget: Budget | None) -> "VideoFrame":
    """Decode the first packet alone: a decoder would rather wait for more."""
    stream.codec_context.thread_count = 1  # each thread would hold pictures of its own
    if budget:
        stream.codec_context.options = {"max_pixels": str(budget.pixels)}
    first = next(packets(container, stream), None)
    pictures = [*stream.decode(first), *stream.decode(None)] if first else []
    if not pictures:
        raise Broken("its first frame cannot be decoded")
    return pictures[0]


def _rate(stream: "VideoStream") -> Fraction | None:
    """Return the declared rate; one that is rounded by less than anybody can see becomes the plain one."""
    said = stream.average_rate
    if not said:
        return None
    plain = (Fraction(round(said)), Fraction(1000 * round(said * _TELEVISION / 1000), _TELEVISION))
    return next((rate for rate in plain if abs(rate / said - 1) < _ROUNDING), said)


def _doubts_of_type(key: str, found: str | None) -> Iterator[str]:
    if found not in VIDEO_TYPES:
        yield f"its bytes are {found or 'of no known type'}, which Encord does not list"
    else:
        yield from doubts_of_name(key, found)


def _doubts_of_streams(container: "InputContainer") -> Iterator[str]:
    number = len(films(container))
    if number > 1:
        yield f"it holds {number} films"
    codec = films(container)[0].codec_context.codec.canonical_name
    if codec not in PLAIN_CODECS:
        yield f"packets of {codec} need not be one frame each"


def _doubts_of(picture: "VideoFrame", stream: "VideoStream") -> Iterator[str]:
    declared = stream.codec_context.width, stream.codec_context.height
    if declared != (picture.width, picture.height):
        yield f"it says {declared[0]}x{declared[1]}, and its first frame is {picture.width}x{picture.height}"
    if picture.rotation:
        yield f"it is turned by {picture.rotation} degrees: players disagree on which side is its width"
    aspect = stream.sample_aspect_ratio
    if aspect and aspect != 1:
        yield f"its pixels are not square ({aspect.numerator}:{aspect.denominator}): players disagree on its width"
    if picture.interlaced_frame:
        yield "it is interlaced"


def _doubts_of_index(shown: Timeline, said: _Declared) -> Iterator[str]:
    if shown.count != said.frames:
        yield f"it states {said.frames} frames, and shows {shown.count}: it has an edit list"
    if said.start != 0 or said.whole_start != 0:
        yield f"it starts at {float(said.time_base * (said.start or 0)):.3f} s, not at 0"
    if said.length != shown.length:
        yield f"it says {float(said.seconds):.3f} s, its frames last {float(shown.length * said.time_base):.3f} s"


def _doubts_of_rate(shown: Timeline, said: _Declared, *, exact: bool) -> Iterator[str]:
    yield from shown.oddities
    frames, rate = len(shown.starts), said.rate
    if not frames or not rate or rate <= 0:
        yield "it has no frame rate"
        return
    if shown.starts[0] != 0:
        yield f"its first frame is shown at {float(shown.starts[0] * shown.time_base):.3f} s, not at 0"
    if exact and frames > 1:
        if shown.step is None:
            yield "its frame rate varies"
        elif shown.step * shown.time_base * rate != 1:
            yield f"it says {float(rate):.3f} frames a second, and its frames are {shown.step} ticks apart"
    elif not shown.keeps(rate) or rate.denominator not in (1, _TELEVISION):
        yield "its frame rate varies, or is none that milliseconds can prove"
    if said.whole_length is None or abs(said.whole_length - frames / rate) >= 1 / rate:
        yield (
            f"the file says {float(said.whole_length or 0):.3f} s,"
            f" and {frames} frames last {float(frames / rate):.3f} s"
        )
