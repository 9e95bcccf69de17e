"""The second click: a form carries a key, and the service that it calls does a key once."""

import secrets


def new_form_token() -> str:
    """A key for a form that is shown now."""
    return secrets.token_urlsafe(12)
