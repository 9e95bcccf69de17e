"""Messages in a cookie whose name is a setting (MESSAGE_COOKIE_NAME); what is too long for it goes to the session."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NamedCookieStorage(CookieStorage):
    """Django's cookie of messages under our name: in production with the prefix __Host-."""

    cookie_name = settings.MESSAGE_COOKIE_NAME


class MessageStorage(FallbackStorage):
    """Cookie first, then session."""

    storage_classes = (NamedCookieStorage, SessionStorage)
