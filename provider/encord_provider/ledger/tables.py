"""The schema, as the newest of the `migrations` leaves it.

Times are seconds since 1970, UTC; a target names a folder in Encord, once for each domain.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
    }
)

_Url = Text().with_variant(Text(collation="C"), "postgresql")  # in the order of its bytes, as Python compares
_Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only in an INTEGER column

objects = Table(
    "objects",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("target", Text, nullable=False),
    Column("url", _Url, nullable=False),
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
    UniqueConstraint("target", "url", "version", name="objects_identity"),
    Index("objects_by_manifest", "manifest", "unit"),
)
_OF_A_GROUP = objects.c.shared.is_not(None)
Index(
    "objects_by_group",
    objects.c.target,
    objects.c.shared,
    sqlite_where=_OF_A_GROUP,
    postgresql_where=_OF_A_GROUP,
)

_IS_NEW = text("fate = 'new'")
Index(
    "objects_new",
    objects.c.target,
    objects.c.key,
    objects.c.id,
    sqlite_where=_IS_NEW,
    postgresql_where=_IS_NEW,
)

manifests = Table(
    "manifests",
    metadata,
    Column("id", String(32), primary_key=True),
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
    UniqueConstraint("origin", "part", name="manifests_part"),
    Index("manifests_by_target", "target"),
    Index("manifests_by_job", "job_uuid"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", _Id, primary_key=True),
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
    UniqueConstraint("target", "name", "source", name="runs_identity"),
)

run_objects = Table(
    "run_objects",
    metadata,
    Column("run", _Id, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("object", _Id, ForeignKey("objects.id", ondelete="CASCADE"), primary_key=True),
    Index("run_objects_by_object", "object"),
    sqlite_with_rowid=False,  # the key is all there is
)

held_groups = Table(
    "held_groups",
    metadata,
    Column("run", _Id, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("title", Text, primary_key=True),
    Column("objects", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
)

probes = Table(
    "probes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("url", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("grade", String(1), nullable=False),
    Column("media", Text),
    Column("reasons", Text, nullable=False),
    Column("fetched", BigInteger, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("probed_at", Float, nullable=False),
)

given_metadata = Table(
    "given_metadata",
    metadata,
    Column("given_by", Text, primary_key=True),
    Column("item_uuid", String(36), primary_key=True),
    Column("metadata", Text, nullable=False),
    Index("given_metadata_by_item", "item_uuid"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("token", String(32), nullable=False),
    Column("expires_at", Float, nullable=False),
)

paces = Table(
    "paces",
    metadata,
    Column("name", Text, primary_key=True),
    Column("ceiling", Float),
    Column("refused_at", Float, nullable=False),
    Column("open_at", Float, nullable=False),
    Column("looked_at", Float, nullable=False),
)

speeds = Table(
    "speeds",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("seconds_per_unit", Float, nullable=False),
    Column("jobs", Integer, nullable=False),
    Column("learned_at", Float, nullable=False),
)
