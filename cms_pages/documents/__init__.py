"""Wagtail pages: documents."""
