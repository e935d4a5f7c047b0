"""What became of every object: a small SQL schema on SQLAlchemy Core, in SQLite or PostgreSQL."""
