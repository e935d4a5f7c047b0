"""Which reader a file gets, and what a quarantine keeps apart."""

import bz2
import gzip
import io
import json
import lzma
import zipfile

import pytest

from encord_provider.manifest.csv_reader import CsvReader
from encord_provider.manifest.faults import Fault, Severity
from encord_provider.manifest.json_reader import JsonReader
from encord_provider.manifest.limits import Limits
from encord_provider.manifest.reading import NoManifest, Quarantine, open_manifest

TEXT = json.dumps({"videos": [{"title": "a", "objectUrl": "https://b/a.mp4"}], "skip_duplicate_urls": True})


def zipped(content: bytes) -> bytes:
    """Put content into a ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("manifest.json", content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "reader"),
    [
        (TEXT.encode(), JsonReader),
        (b"\xef\xbb\xbf \r\n" + TEXT.encode(), JsonReader),
        (b"", JsonReader),
        (b"[]", JsonReader),
        (b"// by hand\n{}", JsonReader),
        (b"ObjectUrl\n", CsvReader),
        (b"\xef\xbb\xbfObjectUrl\n", CsvReader),
    ],
)
def test_a_file_is_read_as_what_it_begins_like(content: bytes, reader: type) -> None:
    assert isinstance(open_manifest(io.BytesIO(content)), reader)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (gzip.compress(TEXT.encode()), "gzip"),
        (bz2.compress(TEXT.encode()), "bzip2"),
        (lzma.compress(TEXT.encode()), "xz"),
        (zipped(TEXT.encode()), "ZIP"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (TEXT.encode("utf-16-be"), "UTF-16"),
        (b"ObjectUrl\0\n", "NUL"),
    ],
)
def test_a_file_that_is_no_text_is_told_for_what_it_is(content: bytes, problem: str) -> None:
    told: list[Fault] = []
    quarantine = Quarantine(open_manifest(io.BytesIO(content)), told.append)

    assert list(quarantine.units()) == []
    assert isinstance(quarantine.reader, NoManifest)
    assert not quarantine.is_clean
    assert [(fault.rule, fault.severity) for fault in told] == [("UTF-8", Severity.ERROR)]
    assert problem in told[0].problem


def test_faults_are_told_in_the_order_of_the_file() -> None:
    text = """{
      "videos": [{"title": "a", "objectUrl": "https://b/a b"}],
      "videos": [{"title": "b", "objectUrl": "https://b/a b"}],
      "colour": "red"
    }"""
    told: list[Fault] = []

    list(Quarantine(open_manifest(io.BytesIO(text.encode())), told.append).units())

    assert [fault.line for fault in told if fault.line] == [2, 3, 3, 4]


def test_a_file_over_the_limit_of_bytes_says_both_numbers() -> None:
    told: list[Fault] = []

    list(Quarantine(open_manifest(io.BytesIO(TEXT.encode()), Limits(manifest_bytes=50)), told.append).units())

    assert [str(fault) for fault in told] == [
        f"{len(TEXT)} bytes, Encord takes 50 in one manifest; split it",
    ]
