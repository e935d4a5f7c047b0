"""Times as the tables keep them."""

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """Return ISO 8601 text in UTC, of fixed width, so that text order is time order; a naive moment is in UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds")
