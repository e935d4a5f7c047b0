"""What Airflow loads into its own processes: the scheduler and the rest."""
