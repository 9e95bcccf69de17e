"""The dashboard: what waits for an employee, alerts, notices."""
