"""Writes: telling (outbox), sending (sending), people's choices (choices), editors' texts (wording)."""

from portal.notifications.services.choices import save_choices, subscribe, unsubscribe
from portal.notifications.services.outbox import AccountLabel, Recipient, mark_read, notify, withdraw
from portal.notifications.services.sending import retry, retry_failed, send_due
from portal.notifications.services.text_editing import reset_text, save_text, send_test

__all__ = [
    "AccountLabel",
    "Recipient",
    "mark_read",
    "notify",
    "reset_text",
    "retry",
    "retry_failed",
    "save_choices",
    "save_text",
    "send_due",
    "send_test",
    "subscribe",
    "unsubscribe",
    "withdraw",
]
