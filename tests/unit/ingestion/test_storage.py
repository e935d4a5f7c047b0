"""What is stored piece by piece comes back whole, however many pieces there were."""

from itertools import repeat
from pathlib import Path

import pytest

from encord_provider.buckets.directory import directory_bucket
from encord_provider.buckets.location import Location
from encord_provider.ingestion.storage import ONE_REQUEST, Storage

PIECE = b"a line of an audit\n" * 1_000


@pytest.mark.parametrize(
    "pieces", [0, 1, ONE_REQUEST // len(PIECE), ONE_REQUEST // len(PIECE) + 1, 3 * ONE_REQUEST // len(PIECE)]
)
def test_pieces_come_back_in_their_order_and_whole(tmp_path: Path, pieces: int) -> None:
    root = Location.parse(f"{tmp_path.as_uri()}/")
    storage = Storage(directory_bucket(root.bucket), root)

    uri = storage.write_pieces("audits/1.jsonl", iter([b"first\n", *repeat(PIECE, pieces), b"last\n"]))

    assert storage.read(uri) == b"first\n" + PIECE * pieces + b"last\n"


def test_no_piece_at_all_makes_an_empty_file(tmp_path: Path) -> None:
    root = Location.parse(f"{tmp_path.as_uri()}/")
    storage = Storage(directory_bucket(root.bucket), root)

    assert storage.read(storage.write_pieces("audits/1.jsonl", iter(()))) == b""
