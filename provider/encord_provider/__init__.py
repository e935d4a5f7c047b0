"""Keep Encord in step with a bucket: Airflow operators, sensors and triggers for scheduled ingestion."""
