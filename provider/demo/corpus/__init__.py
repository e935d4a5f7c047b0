"""A small delivery of real media, with the truth about it: what must land, and what must not."""

import csv
import io
from functools import partial

from obstore.store import ObjectStore

from demo.corpus import audio, documents, images, videos, volumes
from demo.corpus.model import PREFIX, Corpus, Poison, Source, Unit, source

__all__ = [
    "BUCKET",
    "CORPUS",
    "METADATA_TABLE",
    "PREFIX",
    "Corpus",
    "Poison",
    "Source",
    "Unit",
    "write_corpus",
]

BUCKET = "fleet-cameras"
"""The bucket that the demo puts the corpus in."""

METADATA_TABLE = f"{PREFIX}metadata/fleet.csv"
"""Key of the table that tells custom metadata of some of the objects."""

_UNITS = (*videos.UNITS, *images.UNITS, *volumes.UNITS, *audio.UNITS, *documents.UNITS)

_POISON = (
    Poison(source("videos/truncated.mp4", videos.truncated), "a video whose end is missing"),
    Poison(source("images/not-an-image.jpg", lambda: b"Only words in here.\n"), "text, named as an image"),
    Poison(source("images/empty.jpg", bytes), "an empty object"),
    Poison(
        source("dicom/ct-head/slice-11.dcm", partial(volumes.dicom_slice, 5, study="another head")),
        "a slice of another study, in the directory of this one",
    ),
)


def _metadata_table() -> bytes:
    """Write what is known of each unit, by the key of its object in the column ``title``."""
    rows = [{"title": unit.sources[0].key, **unit.metadata} for unit in _UNITS if unit.metadata]
    table = io.StringIO()
    writer = csv.DictWriter(table, fieldnames=rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue().encode()


CORPUS = Corpus(
    units=_UNITS,
    poison=_POISON,
    excluded=(
        Source(METADATA_TABLE, _metadata_table),
        source("videos/notes.tmp", lambda: b"half a thought"),
    ),
)
"""The delivery; its bytes are made when they are asked for."""


def write_corpus(store: ObjectStore) -> Corpus:
    """Put those objects of the corpus into *store* that it does not hold yet; return the whole corpus."""
    present = {entry["path"] for page in store.list(PREFIX) for entry in page}
    for part in CORPUS.sources():
        if part.key not in present:
            store.put(part.key, part.make())
    return CORPUS
