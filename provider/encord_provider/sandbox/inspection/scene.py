"""A file of a scene: a point cloud or a recording, known by its first bytes."""

from encord_provider.sandbox.cloud import ObjectReader
from encord_provider.sandbox.inspection.facts import Facts, Refused
from encord_provider.sandbox.inspection.file_type import HEAD_BYTES, file_type, unexpected
from encord_provider.sandbox.inspection.image import IMAGE_TYPES

PCD = "model/vnd.pcd"
SCENE_TYPES = frozenset(
    {
        PCD,
        "model/ply",
        "application/vnd.las",
        "model/e57",
        "application/vnd.mcap",
        "application/vnd.ros.bag",
        "application/vnd.sqlite3",
    }
)
"""The formats of encord.beta.scene (SDK 0.1.211): pcd, ply, las and laz, e57, mcap, bag, db3."""


def inspect_scene(reader: ObjectReader) -> Facts:
    """Recognise a point cloud, a recording, or an image of one of the scene's cameras; read its head only.

    Raises:
        Refused: It is none of these, or a PCD without a data section.

    """
    head = reader.read(0, HEAD_BYTES)
    mime_type = file_type(head)
    if mime_type not in SCENE_TYPES | IMAGE_TYPES:
        raise unexpected("a scene", mime_type)
    if mime_type == PCD and b"\nDATA " not in head:
        raise Refused("The point cloud is damaged: its header has no DATA line")
    return Facts(mime_type=mime_type, file_size=reader.size)
