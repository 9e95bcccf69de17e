"""Channels, states, kinds of messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

GONE, EXPIRED = "no longer valid", "worthless by now"
FINAL_ERRORS = (GONE, EXPIRED)
"""Errors after which a letter is not sent again: what it was about is gone, or its time is over."""
SERVER_AWAY = "mail server: "
"""How the error of a letter begins that the mail server did not let us hand over, whoever it was to."""


class DeliveryChannel(models.TextChoices):
    """Channels of delivery."""

    INBOX = "inbox", _("Online account")
    EMAIL = "email", pgettext_lazy("notifications", "E-mail")


class Language(models.TextChoices):
    """The language that a person is written to in."""

    RUSSIAN = "ru", _("Russian")
    ENGLISH = "en", _("English")


class MessageState(models.TextChoices):
    """Delivery states of a message."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
