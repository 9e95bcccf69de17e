"""Commissioning of a meter that the resident mounted: application, visit, act (Rules 354, п. 81–81(14))."""
