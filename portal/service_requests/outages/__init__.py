"""Outages: whom they hit, telling exactly them, and the interruption proposed to billing afterwards."""
