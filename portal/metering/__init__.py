"""Meters, reading windows, readings, verification.

Knows accounts; not prices."""
