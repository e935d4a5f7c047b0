"""What a person can do at a terminal; the same with Airflow, as ``airflow encord``, and without it."""
