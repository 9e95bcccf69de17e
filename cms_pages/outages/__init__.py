"""Wagtail pages: outages."""
