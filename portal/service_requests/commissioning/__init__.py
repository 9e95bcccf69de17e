"""Commissioning of a meter that the resident mounted: application, visit, certificate (Rules 354, п. 81–81(14))."""
