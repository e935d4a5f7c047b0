"""An audio file: container, stream and packets."""

import io
from dataclasses import dataclass

import av
import mutagen
from av.container import InputContainer
from mutagen.mp3 import BitrateMode

from encord_provider.sandbox.cloud import ObjectReader
from encord_provider.sandbox.inspection.facts import Facts, Refused
from encord_provider.sandbox.inspection.file_type import HEAD_BYTES, file_type, unexpected
from encord_provider.sandbox.inspection.streams import opened, seconds
from encord_provider.sandbox.inspection.video import picture_stream
from encord_provider.sandbox.inspection.wholeness import require_whole

AUDIO_TYPES = frozenset({"audio/mpeg", "audio/x-wav", "audio/flac", "audio/mp4"})
"""What Encord takes as audio: mpeg, x-wav, flac (Encord docs, "Supported data"), and m4a."""

_TOLERATED_GAP_SECONDS = 0.1  # codecs pad and trim a block or two at either end


def inspect_audio(reader: ObjectReader) -> Facts:
    """Tell what an audio file is.

    Raises:
        Refused: It is no audio file, is truncated, or cannot be decoded.

    """
    data = reader.read_all()
    mime_type = file_type(data[:HEAD_BYTES])
    if mime_type not in AUDIO_TYPES and mime_type != "video/mp4":
        raise unexpected("an audio file", mime_type)
    require_whole(data, mime_type)
    with opened(data) as container:
        if not container.streams.audio or picture_stream(container):
            raise unexpected("an audio file", mime_type.replace("audio/", "video/"))
        stream = container.streams.audio[0]
        header = _header(data)
        duration = seconds(container, stream)
        heard = _decode_first_and_measure(container, stream)
        if header.states_duration and heard < duration - _TOLERATED_GAP_SECONDS:
            raise Refused(f"The file is truncated: it has {heard:.2f} of {duration:.2f} seconds")
        return Facts(
            mime_type=mime_type.replace("video/", "audio/"),
            file_size=reader.size,
            duration=duration,
            audio_sample_rate=stream.codec_context.sample_rate,
            audio_bit_depth=header.bit_depth,
            audio_codec=stream.codec_context.codec.canonical_name,
            audio_num_channels=stream.codec_context.channels,
        )


def _decode_first_and_measure(container: InputContainer, stream: av.AudioStream) -> float:
    """Return the seconds that the packets add up to."""
    units, heard = 0, False
    for packet in container.demux(stream):
        units += packet.duration or 0
        heard = heard or bool(packet.decode())
    if not heard:
        raise Refused("The file is damaged: no sample can be decoded")
    return float(units * (stream.time_base or 0))


@dataclass(frozen=True)
class _Header:
    """What FFmpeg does not tell of a file's header."""

    bit_depth: int | None
    """None for codecs without samples of a fixed size, such as MP3."""

    states_duration: bool
    """False where it is estimated from the bit rate: for an MP3 without a Xing or VBRI header."""


def _header(data: bytes) -> _Header:
    try:
        file = mutagen.File(io.BytesIO(data))
    except mutagen.MutagenError as error:
        raise Refused(f"The file is damaged: {error}") from error
    info = None if file is None else file.info
    return _Header(
        bit_depth=getattr(info, "bits_per_sample", None),
        states_duration=getattr(info, "bitrate_mode", None) is not BitrateMode.UNKNOWN,
    )
