"""The business of the utility: one Django app a folder, lowest first (docs/decisions/001)."""
