"""The SQL tables behind the sandbox's world.

UUIDs and times are text: times are ISO 8601 in UTC with microseconds, so text order is time order.
JSON is text too, written by us and never queried into.
"""

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, Table, Text

metadata = MetaData()

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

integrations = Table(
    "integrations",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("configuration", Text, nullable=False),
)

folders = Table(
    "folders",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("parent", Text, index=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("client_metadata", Text),
    Column("owner", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("last_edited_at", Text, nullable=False),
    Column("integration_uuid", Text),
    Column("remote_url", Text),
    Column("synced_dataset_uuid", Text),
    Column("configuration", Text, nullable=False, server_default="{}"),
    Index("folders_by_name", "name", "seq"),
)

items = Table(
    "items",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("folder_uuid", Text, nullable=False),
    Column("item_type", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("client_metadata", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("last_edited_at", Text, nullable=False),
    Column("is_frame", Boolean, nullable=False),
    Column("is_tombstone", Boolean, nullable=False),
    Column("storage_location", Text, nullable=False),
    Column("integration_uuid", Text),
    Column("url", Text),
    Column("identity", Text, nullable=False),
    Column("e_tag", Text),
    Column("file_size", Integer),
    Column("mime_type", Text),
    Column("duration", Float),
    Column("fps", Float),
    Column("height", Integer),
    Column("width", Integer),
    Column("dicom_instance_uid", Text),
    Column("dicom_study_uid", Text),
    Column("dicom_series_uid", Text),
    Column("frame_count", Integer),
    Column("audio_sample_rate", Integer),
    Column("audio_bit_depth", Integer),
    Column("audio_codec", Text),
    Column("audio_num_channels", Integer),
    Column("num_pages", Integer),
    Column("details", Text, nullable=False, server_default="{}"),
    Index("items_by_name", "folder_uuid", "is_frame", "name", "seq"),
    Index("items_by_creation", "folder_uuid", "is_frame", "created_at", "seq"),
    Index("items_by_identity", "folder_uuid", "identity"),
)

item_children = Table(
    "item_children",
    metadata,
    Column("parent_uuid", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("child_uuid", Text, nullable=False, index=True),
)

datasets = Table(
    "datasets",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("last_edited_at", Text, nullable=False),
    Column("backing_folder_uuid", Text),
)

data_rows = Table(
    "data_rows",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("dataset_uuid", Text, nullable=False, index=True),
    Column("item_uuid", Text, nullable=False, index=True),
    Column("created_at", Text, nullable=False),
    Column("last_edited_at", Text, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("folder_uuid", Text, nullable=False, index=True),
    Column("dataset_uuid", Text),
    Column("integration_uuid", Text),
    Column("owner", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("finished_at", Text),
    Column("file_name", Text),
    Column("ignore_errors", Boolean, nullable=False),
    Column("skip_duplicate_urls", Boolean, nullable=False),
    Column("upsert_metadata", Boolean, nullable=False),
    Column("status", Text, nullable=False, index=True),
    Column("pending", Integer, nullable=False),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("error", Integer, nullable=False, server_default="0"),
    Column("cancelled", Integer, nullable=False, server_default="0"),
)

job_errors = Table(
    "job_errors",
    metadata,
    Column("job_uuid", Text, primary_key=True),
    Column("message", Text, nullable=False),
)

units = Table(
    "units",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("job_uuid", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reads", Boolean, nullable=False),
    Column("title", Text),
    Column("client_metadata", Text),
    Column("content", Text, nullable=False),
    Column("error", Text),
    Column("item_uuid", Text),
    Column("item_name", Text),
    Column("data_row_uuid", Text),
    Index("units_by_state", "job_uuid", "state", "seq"),
)

syncs = Table(
    "syncs",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("folder_uuid", Text, nullable=False, index=True),
    Column("owner", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("status", Text, nullable=False, index=True),
    Column("pages_done", Integer, nullable=False, server_default="0"),
    Column("pages_error", Integer, nullable=False, server_default="0"),
    Column("error", Text),
)

groups = Table(
    "groups",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("created_at", Text, nullable=False),
)

group_users = Table(
    "group_users",
    metadata,
    Column("group_uuid", Text, primary_key=True),
    Column("user_email", Text, primary_key=True),
)

group_access = Table(
    "group_access",
    metadata,
    Column("group_uuid", Text, primary_key=True),
    Column("entity_uuid", Text, primary_key=True),
    Column("role", Text, nullable=False),
)

dataset_users = Table(
    "dataset_users",
    metadata,
    Column("dataset_uuid", Text, primary_key=True),
    Column("user_email", Text, primary_key=True),
    Column("role", Integer, nullable=False),
)

tags = Table(
    "tags",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("uuid", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False, unique=True),
    Column("description", Text),
)
