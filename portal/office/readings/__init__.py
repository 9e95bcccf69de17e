"""Readings entered and reviewed by staff, who has not sent, meters."""
