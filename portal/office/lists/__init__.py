"""Lists and records of the staff: search, filters, inspection, export. What was computed is shown, never edited."""
