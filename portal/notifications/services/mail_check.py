"""A letter that proves the settings of the mail server."""

import datetime as dt

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.health import last_beat, note_beat
from portal.core.models import CompanySettings

TEST_LETTER = "test-letter"


def send_test_letter(*, address: str) -> None:
    """Send a letter now, past the outbox, and note that the mail server took it. Raises OSError with its answer."""
    company = CompanySettings.shown()
    text = _("This is a test letter of the portal: the mail server takes its letters.")
    subject = _("Test letter of «%(company)s»") % {"company": company.name}
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [address])
    note_beat(TEST_LETTER, timezone.now())


def test_letter_taken_at() -> dt.datetime | None:
    """When the mail server last took a test letter (one query)."""
    return last_beat(TEST_LETTER)
