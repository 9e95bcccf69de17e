"""What sees everything: demo, benchmark data, roles, run_case, check_ledger, schedules' health.

Nothing imports it."""
