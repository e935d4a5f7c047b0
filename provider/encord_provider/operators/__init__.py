"""Facing Airflow: each operator is one step of a run."""
