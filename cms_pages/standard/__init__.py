"""Wagtail pages: standard."""
