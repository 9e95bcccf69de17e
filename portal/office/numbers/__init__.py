"""Dated numbers: tariffs, norms, rates, calendars, rules."""
