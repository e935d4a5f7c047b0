"""The CSV that Encord documents: which heading stands for which kind."""

from typing import Final

from encord_provider.manifest.kinds import IMAGE_GROUPS, Kind
from encord_provider.manifest.units import Unit

URL_HEADING: Final = "ObjectURL"
CREATE_VIDEO_HEADING: Final = "Create video"

TITLE_HEADINGS: Final[dict[Kind, str]] = {
    Kind.VIDEO: "Video title",
    Kind.IMAGE: "Image title",
    Kind.IMAGE_GROUP: "Image group title",
    Kind.IMAGE_SEQUENCE: "Image group title",
    Kind.DICOM_SERIES: "Series title",
}
"""The heading of a kind's titles; other kinds have no CSV form (docs.encord.com, "Register cloud data")."""


def heading(cell: str) -> str:
    """Return what headings are compared by: neither case nor white space counts."""
    return "".join(cell.split()).casefold()


KINDS_BY_HEADING: Final[dict[str, Kind]] = {
    heading(
        "Dicom title"
    ): Kind.DICOM_SERIES,  # the newest page has it in a sentence, and the other in its table
    **{heading(name): kind for kind, name in reversed(TITLE_HEADINGS.items())},
}
"""Heading of a title column to its kind; a sequence is a group until ``Create video`` says otherwise."""


def unsayable(unit: Unit) -> str | None:
    """Return what of *unit* a CSV has no place for, or None."""
    if unit.kind not in TITLE_HEADINGS:
        return f"units of kind {unit.kind}"
    if unit.items:
        return "groups from items"
    if unit.client_metadata:
        return "custom metadata"
    if unit.files:
        return "what is known of files"
    return None


def row_of(unit: Unit, url: str, *, columns: int) -> list[str]:
    """Render one row; ``Create video`` is always filled where there is a column for it, since blank means true."""
    row = [url, unit.title]
    if columns > len(row):
        row.append("true" if unit.kind is Kind.IMAGE_SEQUENCE else "false")
    return row


def headings_of(kind: Kind, *, columns: int) -> list[str]:
    """Return the header of a section."""
    return [URL_HEADING, TITLE_HEADINGS[kind], CREATE_VIDEO_HEADING][:columns]


def is_group(kind: Kind) -> bool:
    """Tell whether rows of a kind with one title make one unit."""
    return kind in IMAGE_GROUPS or kind is Kind.DICOM_SERIES
