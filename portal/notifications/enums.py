"""Channels, states, kinds of messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

GONE, EXPIRED = "no longer valid", "worthless by now"
FINAL_ERRORS = (GONE, EXPIRED)
"""Errors after which a letter is not sent again: what it was about is gone, or its time is over."""
SERVER_AWAY = "mail server: "
"""How the error of a letter begins that the mail server did not let us hand over, whoever it was to."""


class Channel(models.TextChoices):
    """How a message reaches a person."""

    INBOX = "inbox", _("Cabinet")
    EMAIL = "email", pgettext_lazy("notifications", "E-mail")


class Language(models.TextChoices):
    """The language that a person is written to in."""

    RUSSIAN = "ru", _("Russian")
    ENGLISH = "en", _("English")


class State(models.TextChoices):
    """What became of a message."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class Kind(models.TextChoices):
    """What people are told about."""

    WINDOW_OPENS = "window_opens", _("Reading window opens")
    READINGS_REMINDER = "readings_reminder", _("Reminder to send readings")
    READING_ACCEPTED = "reading_accepted", _("Reading accepted")
    READING_QUESTION = "reading_question", _("Question about a reading")
    RECEIPT_READY = "receipt_ready", _("Receipt ready")
    PAYMENT = "payment", _("Payment")
    DEBT = "debt", _("Debt")
    REQUEST_CHANGED = "request_changed", _("Request changed")
    VERIFICATION = "verification", _("Verification of a meter")
    OUTAGE = "outage", _("Outage")
    RECEIVED = "received", _("Message received")
    ANSWER = "answer", _("Answer")
    ACT = "act", _("Act on the account")
    HOLDER = "holder", _("Change of an account's holders")
    NEW_DEVICE = "new_device", _("Login from a new device")
    GUESSED_PASSWORD = "guessed_password", _("Password being guessed")
    GUESSED_CODE = "guessed_code", _("One-time code being guessed")
    RECOVERY = "recovery", _("Password recovery")
    PROFILE = "profile", _("Change of personal data")
    EMAIL_CONFIRM = "email_confirm", _("Confirmation of an e-mail address")
    JOB_FAILED = "job_failed", _("Job that failed (staff)")
    SERVICE_STATE = "service_state", _("State of the portal (staff)")
    DECISION = "decision", _("Decision on a money operation (staff)")
    NEEDS_DECISION = "needs_decision", _("Work that waits for a decision (staff)")
