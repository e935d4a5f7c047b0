"""How Airflow's processes connect to the demo's SQLite database; Airflow imports this by name."""

ARGUMENTS = {"timeout": 60}
"""Seconds to wait for the lock. SQLite takes one writer at a time, and its own 5 s have killed schedulers."""
