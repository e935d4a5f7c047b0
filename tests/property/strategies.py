"""What the world may hold."""

import string
from typing import Any

from hypothesis import strategies as st

from encord_provider.manifest.kinds import Kind
from encord_provider.manifest.objects import BucketObject
from encord_provider.manifest.units import Unit
from tests.unit.manifest.listed import listed

keys = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
"""Object keys: any text that UTF-8 can say, the empty one too."""

SINGLE = (Kind.VIDEO, Kind.AUDIO, Kind.IMAGE, Kind.PDF, Kind.TEXT, Kind.NIFTI)
SEVERAL = (Kind.IMAGE_GROUP, Kind.IMAGE_SEQUENCE, Kind.DICOM_SERIES)

json_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | json_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(json_texts, inner, max_size=3),
    max_leaves=8,
)
metadata = st.dictionaries(json_texts, json_values, max_size=4)

urls = st.text(string.ascii_letters + string.digits + "-._~%/", min_size=1, max_size=60).map(
    "https://b.example.com/".__add__
)
titles = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(str.strip)


@st.composite
def units(draw: st.DrawFn, *, with_metadata: bool = True) -> Unit:
    """Draw a unit of one object or of several."""
    kind = draw(st.sampled_from(SINGLE + SEVERAL))
    count = draw(st.integers(1, 12)) if kind in SEVERAL else 1
    return Unit(
        kind,
        draw(titles),
        tuple(draw(urls) for _ in range(count)),
        draw(st.sampled_from([0, 1, 10**6, 3 * 10**8, 10**9, 3 * 10**9])),
        client_metadata=draw(metadata) if with_metadata else {},
    )


_NAMES = st.tuples(
    st.sampled_from(["", "g/", "g1/", "g10/", "a b/", "é/", "①/"]),
    st.sampled_from(["", "f", "f0", "f01", "f1", "f2", "f10", "①1", "1²3", "Z"]),
    st.sampled_from([".jpg", ".PNG", ".dcm", ".mp4", ".nii.gz", ".txt", ".xyz", ""]),
).map("".join)


def listings() -> st.SearchStrategy[list[BucketObject]]:
    """List some objects, each key once."""
    return st.lists(_NAMES.filter(bool), unique=True, max_size=15).map(
        lambda names: [listed(n, size=len(n)) for n in names]
    )
