"""Wagtail pages: news."""
