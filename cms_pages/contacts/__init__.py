"""Wagtail pages: contacts."""
