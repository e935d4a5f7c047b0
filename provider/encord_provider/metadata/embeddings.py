"""Vectors under a key of custom metadata: of whole items, or of single frames of videos.

Source: docs.encord.com, "Import cloud data" and "Register cloud data", custom embeddings.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Self, TypeAlias

from encord_provider.errors import BadPattern
from encord_provider.manifest.key_frames import BLOCK, KeyFrameMode, spelled_seconds

WHOLE: Final = ""
"""The place of a vector that belongs to an item as a whole, among the places of frames."""

Vector: TypeAlias = Sequence[float]

VIDEO: Final = "video"

KINDS: Final[Mapping[str, str]] = {
    "image": "image",
    "imageGroup": "image_group",
    "imageSequence": "image_sequence",
}
"""Items that have a vector as a whole: Encord's word for the type, and ours for the kind."""


@dataclass(frozen=True)
class Embeddings:
    """A file of vectors, and the key of custom metadata that they are given under.

    Raises:
        BadPattern: A choice that there is not.

    """

    embedding: str
    """The key, of type embedding in the metadata schema."""

    vectors: str
    """URI of the file: ``.parquet``, ``.arrow``, ``.feather``, ``.npz`` or ``.npy``."""

    names: str | None = None
    """URI of what names each row of an ``.npy`` file: another one, of texts, or a text file with a name a line."""

    key: str = "key"
    """The column, or the array of an ``.npz`` file, that names the item."""

    column: str | None = None
    """The column or array with the vectors; by default it has the name of the embedding."""

    frame: str | None = None
    """The column or array with the frame that a vector is of; where it is empty, the vector is the item's own."""

    keyframe_mode: str = KeyFrameMode.FRAME.value
    """What that column counts: ``frame`` or ``seconds``."""

    sampling_rate: float | None = None
    """Samples a second that Index shows beside the key frames; None leaves it as it is."""

    def __post_init__(self) -> None:
        if self.keyframe_mode not in list(KeyFrameMode):
            raise BadPattern("keyframe_mode", self.keyframe_mode, "it is neither 'frame' nor 'seconds'")

    @property
    def vector_column(self) -> str:
        """The column with the vectors."""
        return self.column or self.embedding

    def plain(self) -> dict[str, Any]:
        """Return it as a mapping, in which Airflow renders templates."""
        return asdict(self)

    @classmethod
    def of(cls, given: "Self | Mapping[str, Any]") -> Self:
        """Return what `plain` has made a mapping of."""
        return given if isinstance(given, cls) else cls(**given)  # type: ignore[arg-type]  # a mapping, then

    def laid_over(self, metadata: Mapping[str, Any], vectors: Mapping[str, Vector]) -> dict[str, Any]:
        """Return an item's *metadata* with *vectors* by place: a frame, or `WHOLE`. All else stays.

        Raises:
            ValueError: The item has key frames that are counted otherwise.

        """
        merged = dict(metadata)
        if WHOLE in vectors:
            merged[self.embedding] = vectors[WHOLE]
        frames = {place: vector for place, vector in vectors.items() if place != WHOLE}
        if frames:
            merged[BLOCK] = self._block(_block(metadata), frames)
        return merged

    def vectors_in(
        self, metadata: Mapping[str, Any], places: Iterator[str] | Sequence[str]
    ) -> dict[str, Any]:
        """Return what an item has under the key at each of *places*, where it has anything."""
        frames = _block(metadata).get("frames", {})
        found = {}
        for place in places:
            own = metadata if place == WHOLE else frames.get(place, {})
            if self.embedding in own:
                found[place] = own[self.embedding]
        return found

    def _block(self, present: Mapping[str, Any], vectors: Mapping[str, Vector]) -> dict[str, Any]:
        config, frames = dict(present.get("config", {})), dict(present.get("frames", {}))
        counted = config.get("keyframe_mode", KeyFrameMode.FRAME.value)
        if frames and counted != self.keyframe_mode:
            raise ValueError(f"its key frames are counted in {counted}, these in {self.keyframe_mode}")
        config["keyframe_mode"] = self.keyframe_mode
        if self.sampling_rate is not None:
            config["sampling_rate"] = self.sampling_rate
        for place, vector in vectors.items():
            frames[place] = {**frames.get(place, {}), self.embedding: vector}
        return {**present, "config": config, "frames": frames}


def kind_problem(kind: str, *, framed: bool) -> str | None:
    """Tell why an item of *kind*, in Encord's words or ours, cannot have a vector: of a frame, or of its own."""
    if framed:
        return None if kind == VIDEO else f"it is no video but of kind {kind}, and only videos have frames"
    if kind == VIDEO:
        return "it is a video, of which Encord takes vectors of single frames; name their column: frame="
    known = {*KINDS, *KINDS.values()}
    return None if kind in known else f"Encord takes no vectors for the kind {kind}"


def spelled_place(value: object, mode: str) -> str:
    """Spell a frame as Encord has it: its number, or its seconds.

    Raises:
        ValueError: It is neither.

    """
    if value is None or value == WHOLE:
        return WHOLE
    try:
        number = float(value)  # type: ignore[arg-type]  # anything else is the TypeError
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number < float("inf") or (mode == KeyFrameMode.FRAME and number != int(number)):
        what = "frame" if mode == KeyFrameMode.FRAME else "number of seconds"
        raise ValueError(f"{value!r} is no {what}")
    return str(int(number)) if mode == KeyFrameMode.FRAME else spelled_seconds(number)


def _block(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    block = metadata.get(BLOCK)
    return block if isinstance(block, Mapping) else {}
