"""Closing a month: preview, start, progress, receipts, reversal."""
