"""Wagtail pages: core."""
