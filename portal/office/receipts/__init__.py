"""Receipts: one receipt as PDF, its replacement."""
