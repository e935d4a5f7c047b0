"""A location and its URI are the same thing in two spellings."""

from hypothesis import given
from hypothesis import strategies as st

from encord_provider.buckets.location import Location
from encord_provider.errors import BadSource
from tests.property.strategies import keys

segments = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=12
)


@given(bucket=st.from_regex(r"[a-z0-9][a-z0-9.-]{2,20}", fullmatch=True), path=keys)
def test_any_key_in_a_bucket_is_read_back(bucket: str, path: str) -> None:
    location = Location("s3", bucket, path)

    assert Location.parse(str(location)) == location


@given(directory=st.lists(segments, max_size=4), name=st.just("") | segments)
def test_any_file_is_read_back(directory: list[str], name: str) -> None:
    location = Location("file", "/" + "/".join(directory), name)

    assert Location.parse(str(location)) == location


def parsed(uri: str) -> Location | BadSource:
    """Take *uri* apart, or say why not."""
    try:
        return Location.parse(uri)
    except BadSource as error:
        return error


@given(st.text(max_size=40) | keys.map("file://".__add__) | keys.map("s3://".__add__))
def test_any_text_is_a_location_or_refused_by_name(uri: str) -> None:
    result = parsed(uri)

    assert result.source == uri if isinstance(result, BadSource) else result.bucket
