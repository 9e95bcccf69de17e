"""Top layer, which may use every app: demo, benchmark data, roles, run_case, check_ledger, schedules' health.

Nothing imports it."""
