"""Replacement of meters by the company, and the watch over their verification."""
