"""Timed work on pages."""

from django.core.management import call_command


def publish_scheduled() -> None:
    """Publish what was scheduled for now, and unpublish what has expired."""
    call_command("publish_scheduled")
