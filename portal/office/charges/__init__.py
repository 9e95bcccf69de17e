"""Corrections, recalculations, acts of tampering, lists of charges."""
