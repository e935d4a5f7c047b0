"""Facing Airflow: connections and configuration become clients, buckets, ledgers."""
