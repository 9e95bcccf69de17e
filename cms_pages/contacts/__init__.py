"""Departments and hours, and the support form."""
