"""An inventory gives what a listing would have given, and says what is wrong with it."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

import boto3  # type: ignore[import-untyped]  # it ships none
import pyarrow as pa  # type: ignore[import-untyped]  # nor does this
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from demo.bucket_server import BucketServer
from encord_provider.buckets.bucket import PAGE
from encord_provider.buckets.bucket import Bucket as Opened
from encord_provider.buckets.inventory import MOST_FAULTS, Inventory
from encord_provider.buckets.s3 import s3_bucket
from encord_provider.errors import BadInventory, NotFound
from encord_provider.manifest.objects import BucketObject
from tests.bucket import Bucket

KEYS = ["a b.mp4", "a+b.mp4", "100%.mp4", "żółw/東京 🐢.mp4", 'say "hi", twice.mp4', "deep/er/empty.mp4"]

S3_SCHEMA = "Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag"


@pytest.fixture
def opened(bucket_server: BucketServer, bucket: Bucket, session: boto3.Session) -> Opened:
    """Open the test's bucket as the provider does."""
    return s3_bucket(bucket.name, session, region=bucket_server.region, endpoint=bucket_server.endpoint)


@pytest.fixture
def listed(opened: Opened, bucket: Bucket) -> list[BucketObject]:
    """Put objects into the bucket and list them."""
    for key in KEYS:
        bucket.put(f"data/{key}", b"" if "empty" in key else key.encode())
    return objects(opened, f"{bucket.prefix}data/")


def objects(opened: Opened, prefix: str) -> list[BucketObject]:
    return by_key([obj for page in opened.pages(prefix) for obj in page])


def by_key(found: list[BucketObject]) -> list[BucketObject]:
    return sorted(found, key=lambda obj: obj.key)


def read(opened: Opened, bucket: Bucket, name: str) -> list[BucketObject]:
    """Read the inventory *name* as one of what is under ``data/``."""
    inventory = Inventory(opened, f"{bucket.prefix}data/", opened, bucket.prefix + name)
    return by_key([obj for page in inventory for obj in page])


def as_csv(lines: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(lines)
    return out.getvalue().encode()


def s3_line(obj: BucketObject, *, latest: bool = True, deleted: bool = False) -> list[Any]:
    key = quote_plus(obj.key, safe="/")
    time = obj.last_modified.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return ["tests", key, "v1", str(latest).lower(), str(deleted).lower(), obj.size, time, obj.version]


def s3_manifest(bucket: Bucket, form: str, files: list[str], **changed: Any) -> bytes:
    manifest = {
        "sourceBucket": bucket.name,
        "destinationBucket": "arn:aws:s3:::tests",
        "version": "2016-11-30",
        "fileFormat": form,
        "fileSchema": S3_SCHEMA
        if form == "CSV"
        else "message s3.inventory { required binary bucket (UTF8); }",
        "files": [{"key": bucket.prefix + name, "size": 1, "MD5checksum": "0" * 32} for name in files],
    }
    return json.dumps(manifest | changed).encode()


def test_an_s3_inventory_in_csv_gives_what_the_listing_gives(
    opened: Opened, bucket: Bucket, listed: list[BucketObject]
) -> None:
    former = replace(listed[0], version="former")
    marker = replace(listed[0], key=f"{bucket.prefix}data/folder/", size=0)
    elsewhere = replace(listed[0], key=f"{bucket.prefix}other/a.mp4")
    lines = [s3_line(obj) for obj in [*listed, marker, elsewhere]]
    bucket.put("i/1.csv.gz", gzip.compress(as_csv(lines[:3])))
    dropped = [s3_line(former, latest=False), s3_line(former, deleted=True)]
    bucket.put("i/2.csv.gz", gzip.compress(as_csv(lines[3:] + dropped)))
    bucket.put("i/manifest.json", s3_manifest(bucket, "CSV", ["i/1.csv.gz", "i/2.csv.gz"]))

    assert read(opened, bucket, "i/manifest.json") == listed


def test_an_s3_inventory_in_parquet_gives_what_the_listing_gives(
    opened: Opened, bucket: Bucket, listed: list[BucketObject]
) -> None:
    table = pa.table(
        {
            "bucket": [bucket.name] * len(listed),
            "key": [obj.key for obj in listed],
            "is_latest": [True] * len(listed),
            "is_delete_marker": [False] * len(listed),
            "size": [obj.size for obj in listed],
            "last_modified_date": pa.array([obj.last_modified for obj in listed], pa.timestamp("ms")),
            "e_tag": [obj.version for obj in listed],
        }
    )
    written = io.BytesIO()
    pq.write_table(table, written)
    bucket.put("i/1.parquet", written.getvalue())
    bucket.put("i/manifest.json", s3_manifest(bucket, "Parquet", ["i/1.parquet"]))

    assert read(opened, bucket, "i/manifest.json") == listed


@pytest.mark.parametrize("spelling", ["key", "url", "uri"])
@pytest.mark.parametrize("form", ["csv", "csv.gz", "jsonl", "parquet"])
def test_a_table_of_keys_or_urls_alone_gives_what_the_listing_gives(
    opened: Opened, bucket: Bucket, listed: list[BucketObject], spelling: str, form: str
) -> None:
    spell: dict[str, Callable[[BucketObject], str]] = {
        "key": lambda obj: obj.key,
        "url": lambda obj: obj.url,
        "uri": lambda obj: f"s3://{bucket.name}/{obj.key}",
    }
    cells = [spell[spelling](obj) for obj in listed]
    written = io.BytesIO()
    if form == "parquet":
        pq.write_table(pa.table({spelling: cells, "note": ["x"] * len(cells)}), written)
    elif form == "jsonl":
        written.write("\n".join(json.dumps({spelling: cell}) for cell in cells).encode())
    else:
        plain = as_csv([[spelling, "note"], *([cell, "x"] for cell in cells)])
        written.write(gzip.compress(plain) if form == "csv.gz" else plain)
    bucket.put(f"table.{form}", written.getvalue())

    assert read(opened, bucket, f"table.{form}") == listed


def test_googles_inventory_has_the_version_that_a_listing_has_by_the_md5(
    opened: Opened, bucket: Bucket
) -> None:
    google = replace(opened, name=f"gs://{bucket.name}")
    lines: list[list[Any]] = [
        ["bucket", "name", "size", "updated", "timeDeleted", "md5Hash", "etag"],
        [
            bucket.name,
            f"{bucket.prefix}data/a",
            3,
            "2026-01-02T03:04:05.678Z",
            "",
            "kAFQmDzST7DWlj99KOF/cg==",
            "CJ",
        ],
        [bucket.name, f"{bucket.prefix}data/b", 3, "2026-01-02T03:04:05Z", "2026-01-03T00:00:00Z", "", "CJ"],
    ]
    bucket.put("insights/report_0.csv", as_csv(lines))
    bucket.put("insights/manifest.json", json.dumps({"report_shards_file_names": ["report_0.csv"]}).encode())

    (obj,) = read(google, bucket, "insights/manifest.json")

    assert (obj.key, obj.version) == (f"{bucket.prefix}data/a", "900150983cd24fb0d6963f7d28e17f72")
    assert obj.last_modified == datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


def test_azures_inventory_names_the_container_before_the_blob(opened: Opened, bucket: Bucket) -> None:
    azure = replace(opened, name="az://fleet")
    of = f"fleet/{bucket.prefix}data"
    lines: list[list[Any]] = [
        ["Name", "Last-Modified", "Etag", "Content-Length", "hdi_isfolder", "Snapshot", "IsCurrentVersion"],
        [f"{of}/a", "2026-01-02T03:04:05Z", "0x8DC", 3, "", "", "true"],
        [f"{of}/folder", "2026-01-02T03:04:05Z", "0x8DC", 0, "true", "", "true"],
        [f"{of}/old", "2026-01-02T03:04:05Z", "0x8DC", 3, "", "2026-01-01T00:00:00Z", ""],
        [f"{of}/former", "2026-01-02T03:04:05Z", "0x8DC", 3, "", "", "false"],
        [f"other/{bucket.prefix}data/a", "2026-01-02T03:04:05Z", "0x8DC", 3, "", "", "true"],
    ]
    manifest = {
        "ruleDefinition": {"format": "csv"},
        "files": [{"blob": f"{bucket.prefix}i/1.csv", "size": 1}],
    }
    bucket.put("i/1.csv", as_csv(lines))
    bucket.put("i/Rule_1-manifest.json", json.dumps(manifest).encode())

    (obj,) = read(azure, bucket, "i/Rule_1-manifest.json")

    assert (obj.key, obj.version, obj.size) == (f"{bucket.prefix}data/a", "0x8DC", 3)


def test_every_row_that_cannot_be_read_is_named_by_file_row_and_column(
    opened: Opened, bucket: Bucket, listed: list[BucketObject]
) -> None:
    good, *_ = (s3_line(obj) for obj in listed)
    broken = [
        good,
        [*good[:5], "many", *good[6:]],
        ["another", *good[1:]],
        [*good[:6], "yesterday", good[7]],
        [good[0], "", *good[2:]],
    ]
    bucket.put("i/1.csv", as_csv(broken))
    bucket.put("i/manifest.json", s3_manifest(bucket, "CSV", ["i/1.csv"]))

    with pytest.raises(BadInventory) as caught:
        read(opened, bucket, "i/manifest.json")

    file = f"{bucket.prefix}i/1.csv"
    assert caught.value.faults == (
        f"{file} row 2, column Size: 'many' is no number of bytes",
        f"{file} row 3, column Bucket: 'another' is not the source's bucket",
        f"{file} row 4, column LastModifiedDate: 'yesterday' is no time",
        f"{file} row 5, column Key: no key",
    )


def test_after_a_hundred_faults_the_rest_is_not_looked_at(opened: Opened, bucket: Bucket) -> None:
    bucket.put("table.csv", as_csv([["key", "size"], *(["a", "many"] for _ in range(10 * PAGE))]))

    with pytest.raises(BadInventory) as caught:
        read(opened, bucket, "table.csv")

    assert len(caught.value.faults) == MOST_FAULTS


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("table.csv", b"name,path\n", None),
        ("table.csv", b"file,path\na,b\n", "no column 'key' or 'url' among 'file', 'path'"),
        ("table.csv", b"key,size\na\n", "unreadable after row 0: 1 cells under 2 columns"),
        ("table.csv", b"key\n\xff\n", "unreadable after row 0: .*utf-8"),
        ("table.csv.gz", gzip.compress(b"key\na\n" * 999)[:-9], "unreadable after row .*end-of-stream"),
        ("table.csv.gz", b"key\na\n", "unreadable after row 0: Not a gzipped file"),
        ("table.jsonl", b'{"key": "a"}\n[1]\n', "unreadable after row 1: a line that is no object"),
        ("table.jsonl", b'{"key": "a"\n', "unreadable after row 0"),
        ("table.parquet", b"PAR1", "unreadable after row 0"),
        ("table.xlsx", b"", "expected a manifest.json or a table in csv, jsonl, parquet"),
        ("manifest.json", b"[]", "no manifest"),
        ("manifest.json", b"{", "no manifest of an inventory: JSONDecodeError"),
        ("manifest.json", b'{"fileSchema": ""}', "no manifest of an inventory: KeyError: 'sourceBucket'"),
    ],
)
def test_what_is_no_inventory_is_said_to_be_none(
    opened: Opened, bucket: Bucket, name: str, content: bytes, fault: str | None
) -> None:
    bucket.put(name, content)
    inventory = Inventory(opened, "nobody's prefix", opened, bucket.prefix + name)

    if fault is None:
        assert list(inventory) == []
    else:
        with pytest.raises(BadInventory, match=fault):
            list(inventory)


def test_an_inventory_of_another_bucket_or_in_orc_is_refused(opened: Opened, bucket: Bucket) -> None:
    bucket.put("a.json", s3_manifest(bucket, "CSV", [], sourceBucket="other"))
    bucket.put("b.json", s3_manifest(bucket, "ORC", []))

    with pytest.raises(BadInventory, match=r"other: .*\n.*it is of this bucket; the source is in tests"):
        read(opened, bucket, "a.json")
    with pytest.raises(BadInventory, match="have S3 write CSV or Parquet"):
        read(opened, bucket, "b.json")


def test_a_key_in_a_table_that_is_not_in_the_bucket_is_a_fault_and_the_others_are_handed_out(
    opened: Opened, bucket: Bucket, listed: list[BucketObject]
) -> None:
    absent = f"{bucket.prefix}data/absent.mp4"
    bucket.put("table.csv", as_csv([["key"], [absent], *([obj.key] for obj in listed)]))
    pages = iter(Inventory(opened, f"{bucket.prefix}data/", opened, f"{bucket.prefix}table.csv"))

    assert by_key(next(pages)) == listed
    with pytest.raises(BadInventory, match=r"no object .*absent"):
        next(pages)


def test_a_file_that_the_manifest_names_and_nobody_has_is_an_object_that_is_absent(
    opened: Opened, bucket: Bucket
) -> None:
    bucket.put("i/manifest.json", s3_manifest(bucket, "CSV", ["i/absent.csv.gz"]))

    with pytest.raises(NotFound, match=r"absent\.csv\.gz"):
        read(opened, bucket, "i/manifest.json")
