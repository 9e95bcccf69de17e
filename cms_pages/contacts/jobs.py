"""django-q2 entry points."""

from cms_pages.contacts.captcha import forget_old_pictures


def sweep_captcha() -> None:
    """Delete pictures of the support form that nobody answered in time."""
    forget_old_pictures()
