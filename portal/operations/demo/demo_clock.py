"""The demo's own time: while the demo is loaded, "now" is the moment that is being played.

Bills, letters and log entries take their moments from the portal's clock; pages, revisions and workflows from
Django's, which no caller can give a moment to. Both ask `django.utils.timezone.now`, so the loader stands its own
clock there until it is done, instead of dating rows afterwards: books and receipts let nobody change them.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone

_real_now = timezone.now


class DemoClock:
    """A clock that is set to a moment and goes on from there."""

    def __init__(self) -> None:
        self._ahead = dt.timedelta(0)

    def go_to(self, moment: dt.datetime) -> dt.datetime:
        """Set the clock to an aware moment; returns that moment."""
        self._ahead = moment - _real_now()
        return moment

    def now(self) -> dt.datetime:
        """The played moment, in UTC as Django's."""
        return _real_now() + self._ahead

    @contextmanager
    def running(self) -> Iterator[None]:
        """This process lives by this clock; the business date follows it, whatever PORTAL_TODAY says."""
        moved_to, now = settings.PORTAL_TODAY, timezone.now
        settings.PORTAL_TODAY, timezone.now = "", self.now
        try:
            yield
        finally:
            settings.PORTAL_TODAY, timezone.now = moved_to, now
