"""Residents' requests and field work: dispatch, outages, commissioning and replacement of meters.

Knows accounts, meters and billing's proposals; nothing of pages, payments or screens."""
