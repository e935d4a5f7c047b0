"""Small pictures of registered objects, for the sandbox's page."""

import gzip
import io
import zlib
from collections.abc import Callable, Sequence

import av
import numpy as np
import pydicom
from nibabel.nifti1 import Nifti1Image
from nibabel.nifti2 import Nifti2Image
from nibabel.spatialimages import HeaderDataError
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageDraw, ImageOps

from encord_provider.sandbox.cloud import ObjectReader
from encord_provider.sandbox.inspection.dicom import MIME_TYPE as DICOM
from encord_provider.sandbox.inspection.dicom import PYDICOM_FAULTS
from encord_provider.sandbox.inspection.facts import Refused
from encord_provider.sandbox.inspection.file_type import HEAD_BYTES, file_type, unexpected
from encord_provider.sandbox.inspection.image import PILLOW_FAULTS, decoded
from encord_provider.sandbox.inspection.nifti import GZIP, NIFTI_1, NIFTI_2
from encord_provider.sandbox.inspection.pdf import opened_pdf
from encord_provider.sandbox.inspection.streams import opened
from encord_provider.sandbox.inspection.video import picture_stream

_SIZE = (480, 300)  # pixels at most; a card of the page shows about half of them
_JPEG_QUALITY = 82
_COLUMNS, _GUTTER = 2, 2  # of a collage: pictures side by side, and half of the pixels between them
_WAVE_BARS = 90
_WAVE_PAPER, _WAVE_INK = (238, 240, 244), (79, 70, 229)
_BRIGHTEST_PERCENT = (1, 99)  # between them medical pictures get all their contrast


def thumbnail(kind: str, reader: ObjectReader) -> bytes | None:
    """Return a small JPEG of an object; None for kinds without a picture, and for damaged objects.

    Args:
        kind: ``externalFileType`` of the wire, as for :func:`inspect`.
        reader: The object; it may be anything, since supplied metadata is trusted unread.

    Raises:
        ObjectUnreadable: The storage failed while the object was read.

    """
    draw = _BY_KIND.get(kind)
    if draw is None or reader.size == 0:
        return None
    data = reader.read_all()
    try:
        return _jpeg(draw(data))
    except _UNDRAWABLE:
        return None


def collage(pictures: Sequence[bytes]) -> bytes | None:
    """Return one JPEG of up to four, in two rows; a single one as it is, None for none."""
    if len(pictures) <= 1:
        return pictures[0] if pictures else None
    (width, height), sheet = _SIZE, Image.new("RGB", _SIZE, "white")
    part = (width // _COLUMNS - _GUTTER, height // _COLUMNS - _GUTTER)
    for place, data in enumerate(pictures[: _COLUMNS**2]):
        down, right = divmod(place, _COLUMNS)
        corner = (right * (part[0] + 2 * _GUTTER), down * (part[1] + 2 * _GUTTER))
        sheet.paste(ImageOps.fit(decoded(data), part), corner)
    return _jpeg(sheet)


_UNDRAWABLE = (Refused, RuntimeError, HeaderDataError, zlib.error, *PILLOW_FAULTS, *PYDICOM_FAULTS)
"""What the libraries raise over damaged files, and over codecs that are not installed."""


def _jpeg(picture: Image.Image) -> bytes:
    small = picture.convert("RGB")
    small.thumbnail(_SIZE)
    file = io.BytesIO()
    small.save(file, "JPEG", quality=_JPEG_QUALITY)
    return file.getvalue()


def _first_frame(data: bytes) -> Image.Image:
    with opened(data) as container:
        stream = picture_stream(container)
        frame = next(container.decode(stream), None) if stream else None
        if frame is None:
            raise unexpected("a video", "another")
        return Image.fromarray(frame.to_ndarray(format="rgb24"))


def _waveform(data: bytes) -> Image.Image:
    """Draw the loudness over time as bars around a middle line."""
    with opened(data) as container:
        if not container.streams.audio:
            raise unexpected("an audio file", "another")
        resampler = av.AudioResampler(format="fltp", layout="mono")
        blocks = [
            block.to_ndarray()[0]
            for frame in container.decode(audio=0)
            for block in resampler.resample(frame)
        ]
    peaks = [
        float(np.abs(part).max(initial=0)) for part in np.array_split(np.concatenate(blocks), _WAVE_BARS)
    ]
    picture = Image.new("RGB", _SIZE, _WAVE_PAPER)
    pen, (width, height) = ImageDraw.Draw(picture), _SIZE
    step, loudest = width / _WAVE_BARS, max(*peaks, 1e-6)
    for bar, peak in enumerate(peaks):
        reach = 1 + peak / loudest * height * 0.4
        pen.rectangle(
            (bar * step, height / 2 - reach, (bar + 0.6) * step, height / 2 + reach), fill=_WAVE_INK
        )
    return picture


def _first_page(data: bytes) -> Image.Image:
    with opened_pdf(data) as document:
        page = document[0]
        picture: Image.Image = page.render(scale=_SIZE[1] / page.get_height()).to_pil()
        return picture


def _dicom_image(data: bytes) -> Image.Image:
    if file_type(data[:HEAD_BYTES]) != DICOM:
        raise unexpected("a DICOM file", "another")
    tags = pydicom.dcmread(io.BytesIO(data))
    pixels = tags.pixel_array
    if int(tags.get("NumberOfFrames") or 1) > 1:
        pixels = pixels[0]
    return Image.fromarray(_contrasted(pixels))


def _middle_slice(data: bytes) -> Image.Image:
    plain = gzip.decompress(data) if file_type(data[:HEAD_BYTES]) == GZIP else data
    kind = {NIFTI_1: Nifti1Image, NIFTI_2: Nifti2Image}[file_type(plain[:HEAD_BYTES])]
    voxels = np.asarray(kind.from_bytes(plain).dataobj)
    while voxels.ndim > 2:  # noqa: PLR2004 - a picture has two dimensions
        middle = voxels.shape[-1] // 2
        voxels = voxels[..., middle]
    return Image.fromarray(np.rot90(_contrasted(voxels)))  # the first axis runs to the right, the second up


def _contrasted(pixels: ArrayLike) -> NDArray[np.uint8]:
    values = np.asarray(pixels, dtype=np.float64)
    dark, bright = np.percentile(values, _BRIGHTEST_PERCENT)
    scaled = np.clip((values - dark) / max(bright - dark, 1e-9), 0, 1) * 255
    return np.asarray(scaled, dtype=np.uint8)


_BY_KIND: dict[str, Callable[[bytes], Image.Image]] = {
    "VIDEO": _first_frame,
    "IMAGE": decoded,
    "IMG": decoded,
    "AUDIO": _waveform,
    "PDF": _first_page,
    "DICOM": _dicom_image,
    "NIFTI": _middle_slice,
}
