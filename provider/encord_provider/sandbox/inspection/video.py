"""A video: container, streams, every packet and the first picture."""

import av
from av.container import InputContainer
from av.stream import Disposition

from encord_provider.sandbox.cloud import ObjectReader
from encord_provider.sandbox.inspection.facts import Facts, Refused
from encord_provider.sandbox.inspection.file_type import HEAD_BYTES, file_type, unexpected
from encord_provider.sandbox.inspection.streams import opened, seconds
from encord_provider.sandbox.inspection.wholeness import require_whole

VIDEO_TYPES = frozenset({"video/mp4", "video/quicktime", "video/webm", "video/x-matroska"})
"""What Encord takes as a video: mp4, mov, webm, mkv (Encord docs, "Supported data")."""


def inspect_video(reader: ObjectReader) -> Facts:
    """Tell what a video is.

    Raises:
        Refused: It is no video, is truncated, or its first picture cannot be decoded.

    """
    data = reader.read_all()
    mime_type = file_type(data[:HEAD_BYTES])
    if mime_type not in VIDEO_TYPES:
        raise unexpected("a video", mime_type)
    require_whole(data, mime_type)
    with opened(data) as container:
        stream = picture_stream(container)
        if stream is None:
            raise unexpected("a video", mime_type.replace("video/", "audio/"))
        frame_count = _count_frames(container, stream)
        duration = seconds(container, stream)
        return Facts(
            mime_type=mime_type,
            file_size=reader.size,
            width=stream.codec_context.width,
            height=stream.codec_context.height,
            fps=float(stream.average_rate or frame_count / duration),
            duration=duration,
            frame_count=frame_count,
        )


def picture_stream(container: InputContainer) -> av.VideoStream | None:
    """Return the stream that shows the film; cover art is none."""
    return next((s for s in container.streams.video if not s.disposition & Disposition.attached_pic), None)


def _count_frames(container: InputContainer, stream: av.VideoStream) -> int:
    """Demux everything, and decode the first picture to see that it can be."""
    count, shown = 0, False
    for packet in container.demux(stream):
        if packet.is_corrupt:
            raise Refused(f"The file is truncated: frame {count} is incomplete")
        count += bool(packet.size)
        shown = shown or bool(packet.decode())
    if not shown:
        raise Refused("The file is damaged: no frame can be decoded")
    if count < stream.frames:
        raise Refused(f"The file is truncated: it has {count} of {stream.frames} frames")
    return count
