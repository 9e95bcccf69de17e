"""Entries of the ledger and its daily checks."""
