"""Decisions by a second person: operations of money, numbers."""
