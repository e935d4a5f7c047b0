"""Plain text, HTML, XML, JSON: anything that is UTF-8; which of them it is only the name tells."""

from mimetypes import MimeTypes

from encord_provider.sandbox.cloud import ObjectReader
from encord_provider.sandbox.inspection.facts import Facts, Refused
from encord_provider.sandbox.inspection.file_type import HEAD_BYTES, PLAIN_TEXT, file_type, unexpected

_NAMES = MimeTypes()  # Python's own table, the same on every machine
_TEXT_APPLICATIONS = ("application/json", "application/xml")


def inspect_text(reader: ObjectReader, file_name: str) -> Facts:
    """Tell what a text is, by its name, after decoding the whole of it.

    Raises:
        Refused: It is of another type, or is no UTF-8.

    """
    decoded_text(reader)
    return Facts(mime_type=text_type(file_name), file_size=reader.size)


def decoded_text(reader: ObjectReader) -> str:
    """Return the text of a file, without its byte order mark.

    Raises:
        Refused: It is of another type, or is no UTF-8.

    """
    data = reader.read_all()
    found = file_type(data[:HEAD_BYTES])
    if found != PLAIN_TEXT:
        raise unexpected("a text file", found)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"The text is not UTF-8: byte {error.start} cannot be decoded") from error


def text_type(file_name: str) -> str:
    """Return the MIME type that *file_name* stands for among texts."""
    guessed, _ = _NAMES.guess_type(file_name)
    if guessed and (guessed.startswith("text/") or guessed in _TEXT_APPLICATIONS):
        return guessed
    return PLAIN_TEXT
