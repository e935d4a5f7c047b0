"""A text of any format: proven when what is read of it is UTF-8 without control characters."""

import codecs
import re

from encord_provider.manifest.kinds import Kind, kind_of
from encord_provider.manifest.media_metadata import TextMetadata
from encord_provider.media.file_types import ending
from encord_provider.media.grades import Broken, Finding
from encord_provider.media.ranges import BLOCK, RangeReader

PLAIN = "text/plain"

TEXT_TYPES = {
    ".txt": PLAIN,
    ".html": "text/html",
    ".htm": "text/html",
    ".json": "application/json",
    ".xml": "text/xml",
    ".csv": "text/csv",
}
"""Endings to MIME types, after IANA's register; nothing in a text says what it is written in."""

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def read_text(reader: RangeReader, key: str, found: str | None) -> Finding:
    """Tell the type of a text by its name, and check that its bytes are text: all of a small file, else its start.

    Raises:
        Broken: It is no text.
        OverBudget: The file costs more than it may.

    """
    reader.seek(0)
    head = reader.read(-1 if reader.is_small else BLOCK)
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) == reader.size)
    except UnicodeDecodeError as error:
        raise Broken(f"it is no UTF-8: byte {error.start} cannot be decoded") from error
    if _CONTROL.search(text):
        raise Broken("its name says text, its bytes are not: they hold control characters")
    mime_type = TEXT_TYPES.get(ending(key))
    doubts = [] if mime_type else [f"its name does not say which text it is: {ending(key)}"]
    if found and kind_of("", found) is not Kind.TEXT:
        doubts.append(f"it begins as {found} does")
    if len(head) < reader.size:
        doubts.append("it is too large to be read whole: the rest may be no UTF-8")
    return Finding(TextMetadata(reader.size, mime_type or PLAIN), tuple(doubts))
