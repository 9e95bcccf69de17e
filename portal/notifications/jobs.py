"""django-q2 entry points."""

from portal.notifications import services


def send_due() -> int:
    """Send what is due."""
    return services.send_due()
