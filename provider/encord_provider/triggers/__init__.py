"""Facing Airflow's triggerer; each trigger is named for the state it waits for."""
