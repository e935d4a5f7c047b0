"""The S3 server that the demo and the tests share."""

from pathlib import Path

import httpx
import obstore
import pytest
from obstore.exceptions import GenericError

from demo.bucket_server import BucketServer, running_bucket_server

# What URLs, shells and S3 read in their own way.
ODD_KEYS = ("a b", "a+b", "a#b", "a%b", "a?b", "a%20b", "größe/straße", "駐車場", "a&b=(c)", "a~b'c;d")


def test_a_wrong_secret_is_refused(bucket_server: BucketServer) -> None:
    store = bucket_server.store("tests", secret_access_key="not the secret")  # noqa: S106 - the point is that it is wrong

    with pytest.raises(GenericError, match="SignatureDoesNotMatch"):
        list(obstore.list(store))


def test_an_unsigned_request_is_refused(bucket_server: BucketServer) -> None:
    assert httpx.get(f"{bucket_server.endpoint}/tests").status_code == httpx.codes.FORBIDDEN


def test_the_secret_is_not_in_the_representation(bucket_server: BucketServer) -> None:
    assert bucket_server.secret_access_key not in repr(bucket_server)


@pytest.mark.parametrize("key", ODD_KEYS)
def test_an_odd_key_comes_back_as_it_went(bucket_server: BucketServer, key: str) -> None:
    store = bucket_server.store("tests")

    obstore.put(store, f"odd/{key}", key.encode())

    assert bytes(obstore.get(store, f"odd/{key}").bytes()) == key.encode()
    listed = {entry["path"] for page in obstore.list(store, "odd") for entry in page}
    assert f"odd/{key}" in listed


def test_a_part_of_an_object_can_be_read(bucket_server: BucketServer) -> None:
    store = bucket_server.store("tests")
    obstore.put(store, "ranges/digits", b"0123456789")

    assert bytes(obstore.get_range(store, "ranges/digits", start=3, length=4)) == b"3456"


def test_making_a_bucket_again_keeps_what_is_in_it(bucket_server: BucketServer) -> None:
    obstore.put(bucket_server.store("tests"), "kept", b"kept")

    bucket_server.create_bucket("tests")

    assert bytes(obstore.get(bucket_server.store("tests"), "kept").bytes()) == b"kept"


def test_a_server_that_starts_again_has_its_address_its_secret_and_its_objects(tmp_path: Path) -> None:
    with running_bucket_server(tmp_path) as first:
        first.create_bucket("media")
        written = obstore.put(first.store("media"), "a b.txt", b"still here")

    with running_bucket_server(tmp_path) as second:
        assert (second.endpoint, second.access_key_id) == (first.endpoint, first.access_key_id)
        found = obstore.head(first.store("media"), "a b.txt")

    assert found["e_tag"] == written["e_tag"]
    assert (tmp_path / "identity.json").stat().st_mode & 0o077 == 0


def test_two_servers_run_beside_each_other(bucket_server: BucketServer, tmp_path: Path) -> None:
    with running_bucket_server(tmp_path) as other:
        assert other.endpoint != bucket_server.endpoint
        other.create_bucket("tests")
        assert list(obstore.list(other.store("tests"))) == []
