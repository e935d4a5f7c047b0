"""Facing Airflow: waiting for objects, and for upload jobs."""
