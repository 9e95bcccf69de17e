"""Settings by environment: base, dev (make run), test, production."""
