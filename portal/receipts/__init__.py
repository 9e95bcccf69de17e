"""Receipts (платёжные документы): issued once, never changed; their data, their page, their print run."""
