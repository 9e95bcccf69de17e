"""Corrections, recalculations, tampering reports, lists of charges."""
