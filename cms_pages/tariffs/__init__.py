"""Wagtail pages: tariffs."""
