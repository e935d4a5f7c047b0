"""What names a run."""

from encord_provider.ledger.keys import RunKey


def test_runs_are_told_apart_by_folder_name_and_source() -> None:
    keys = {
        RunKey("t", "run", "s3://a/"),
        RunKey("t", "run", "s3://b/"),
        RunKey("t", "run 2", "s3://a/"),
        RunKey("u", "run", "s3://a/"),
        RunKey("t", "run", "s3://a/"),
    }

    assert len(keys) == 4
