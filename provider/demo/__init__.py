"""The main job on one machine: a real S3 server, a sandbox Encord, a real Airflow, a corpus and a receipt."""
