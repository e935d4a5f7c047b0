"""${message}."""

from alembic import op
from sqlalchemy import BigInteger, Column, Float, Integer, String, Text

revision = "${up_revision}"
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """${message}."""
    ${upgrades if upgrades else "pass"}
