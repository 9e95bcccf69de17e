"""Wagtail pages: complaints."""
