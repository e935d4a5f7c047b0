"""Facing Airflow's UI: buttons that lead to Encord."""
