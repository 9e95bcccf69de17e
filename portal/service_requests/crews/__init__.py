"""Crews and their calendar: hours, days off, slots with a capacity."""
