"""Imports of accounts and readings from files."""
