"""Wagtail pages: home."""
