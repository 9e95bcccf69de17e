"""Mail before a mail server is set: nothing is sent, letters wait in the outbox."""

from typing import Any

from django.core.mail.backends.base import BaseEmailBackend


class UnconfiguredBackend(BaseEmailBackend):
    """Refuses every letter as an unreachable server does."""

    def open(self) -> bool:
        raise ConnectionError("EMAIL_URL is not set")

    def send_messages(self, email_messages: Any) -> int:
        self.open()
        return 0
