"""Make the ledger."""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)

revision = "0.1.0"
down_revision = None

_URL = Text().with_variant(Text(collation="C"), "postgresql")
_ID = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Make the ledger."""
    _make_objects()
    _make_manifests()
    _make_runs()
    _make_run_objects()
    _make_held_groups()
    _make_probes()
    _make_given_metadata()
    _make_leases()
    _make_paces()


def _make_objects() -> None:
    op.create_table(
        "objects",
        Column("id", _ID, nullable=False),
        Column("target", Text, nullable=False),
        Column("url", _URL, nullable=False),
        Column("version", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("size", BigInteger, nullable=False),
        Column("last_modified", Float, nullable=False),
        Column("first_seen", Float, nullable=False),
        Column("first_seen_by", Text, nullable=False),
        Column("fate", String(16), nullable=False),
        Column("unit", Text),
        Column("kind", String(32)),
        Column("shared", Text),
        Column("manifest", String(32)),
        Column("item_uuid", String(36)),
        Column("reason", Text),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("settled_at", Float),
        Column("missing_since", Float),
        Column("supersedes", Boolean, nullable=False, server_default=false()),
        Column("returned_at", Float),
        PrimaryKeyConstraint("id", name="objects_pkey"),
        UniqueConstraint("target", "url", "version", name="objects_identity"),
    )
    op.create_index("objects_by_manifest", "objects", ["manifest", "unit"])
    in_a_group = text("shared IS NOT NULL")
    op.create_index(
        "objects_by_group",
        "objects",
        ["target", "shared"],
        sqlite_where=in_a_group,
        postgresql_where=in_a_group,
    )
    is_new = text("fate = 'new'")
    op.create_index(
        "objects_new", "objects", ["target", "key", "id"], sqlite_where=is_new, postgresql_where=is_new
    )


def _make_manifests() -> None:
    op.create_table(
        "manifests",
        Column("id", String(32), nullable=False),
        Column("target", Text, nullable=False),
        Column("uri", Text, nullable=False),
        Column("folder", Text, nullable=False),
        Column("integration", Text),
        Column("units", Integer, nullable=False),
        Column("built_by", Text, nullable=False),
        Column("built_at", Float, nullable=False),
        Column("entered_at", Float),
        Column("intended_at", Float),
        Column("submitted_by", Text),
        Column("submitted_at", Float),
        Column("ended_at", Float),
        Column("settled_at", Float),
        Column("folder_uuid", String(36)),
        Column("job_uuid", String(36)),
        Column("strict", Boolean, nullable=False, server_default=false()),
        Column("origin", String(32)),
        Column("part", Integer, nullable=False, server_default="0"),
        Column("failed_at", Float),
        Column("errors", Text),
        PrimaryKeyConstraint("id", name="manifests_pkey"),
        UniqueConstraint("origin", "part", name="manifests_part"),
    )
    op.create_index("manifests_by_target", "manifests", ["target"])
    op.create_index("manifests_by_job", "manifests", ["job_uuid"])


def _make_runs() -> None:
    op.create_table(
        "runs",
        Column("id", _ID, nullable=False),
        Column("target", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("source", Text, nullable=False),
        Column("listed_at", Float),
        Column("discovered", BigInteger),
        Column("excluded", BigInteger),
        Column("already", BigInteger),
        Column("pending", BigInteger),
        Column("changed", BigInteger),
        Column("gone", BigInteger),
        Column("checkpoint", Text),
        PrimaryKeyConstraint("id", name="runs_pkey"),
        UniqueConstraint("target", "name", "source", name="runs_identity"),
    )


def _make_run_objects() -> None:
    op.create_table(
        "run_objects",
        Column("run", _ID, nullable=False),
        Column("object", _ID, nullable=False),
        PrimaryKeyConstraint("run", "object", name="run_objects_pkey"),
        ForeignKeyConstraint(["run"], ["runs.id"], name="run_objects_run_fkey", ondelete="CASCADE"),
        ForeignKeyConstraint(["object"], ["objects.id"], name="run_objects_object_fkey", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("run_objects_by_object", "run_objects", ["object"])


def _make_held_groups() -> None:
    op.create_table(
        "held_groups",
        Column("run", _ID, nullable=False),
        Column("kind", String(32), nullable=False),
        Column("title", Text, nullable=False),
        Column("objects", BigInteger, nullable=False),
        Column("reason", Text, nullable=False),
        PrimaryKeyConstraint("run", "kind", "title", name="held_groups_pkey"),
        ForeignKeyConstraint(["run"], ["runs.id"], name="held_groups_run_fkey", ondelete="CASCADE"),
    )


def _make_probes() -> None:
    op.create_table(
        "probes",
        Column("id", String(32), nullable=False),
        Column("url", Text, nullable=False),
        Column("version", Text, nullable=False),
        Column("kind", String(32), nullable=False),
        Column("grade", String(1), nullable=False),
        Column("media", Text),
        Column("reasons", Text, nullable=False),
        Column("fetched", BigInteger, nullable=False),
        Column("requests", Integer, nullable=False),
        Column("probed_at", Float, nullable=False),
        PrimaryKeyConstraint("id", name="probes_pkey"),
    )


def _make_given_metadata() -> None:
    op.create_table(
        "given_metadata",
        Column("given_by", Text, nullable=False),
        Column("item_uuid", String(36), nullable=False),
        Column("metadata", Text, nullable=False),
        PrimaryKeyConstraint("given_by", "item_uuid", name="given_metadata_pkey"),
    )
    op.create_index("given_metadata_by_item", "given_metadata", ["item_uuid"])


def _make_leases() -> None:
    op.create_table(
        "leases",
        Column("name", Text, nullable=False),
        Column("holder", Text, nullable=False),
        Column("token", String(32), nullable=False),
        Column("expires_at", Float, nullable=False),
        PrimaryKeyConstraint("name", name="leases_pkey"),
    )


def _make_paces() -> None:
    op.create_table(
        "paces",
        Column("name", Text, nullable=False),
        Column("ceiling", Float),
        Column("refused_at", Float, nullable=False),
        Column("open_at", Float, nullable=False),
        Column("looked_at", Float, nullable=False),
        PrimaryKeyConstraint("name", name="paces_pkey"),
    )
    op.create_table(
        "speeds",
        Column("name", Text, nullable=False),
        Column("kind", String(32), nullable=False),
        Column("seconds_per_unit", Float, nullable=False),
        Column("jobs", Integer, nullable=False),
        Column("learned_at", Float, nullable=False),
        PrimaryKeyConstraint("name", "kind", name="speeds_pkey"),
    )
