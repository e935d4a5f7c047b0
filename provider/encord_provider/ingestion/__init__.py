"""How a run goes: discover, plan, submit, settle, account. Each step can be repeated; none knows Airflow."""
