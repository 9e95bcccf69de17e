"""Reductions that interruptions of the supply propose."""
