"""The public list of outages: now, planned, past."""
