"""A dead worker is written about within five minutes, by the web side alone, whatever day the business has.

The minutes are counted from its last sign: it died later.
"""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from portal.core import clock, health
from portal.core.models import MonitoringSettings
from tests.conftest import SetDate
from tests.people import make_clerk

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


class RealTime:
    """Moves the real clock, and has a balancer ask at each moment."""

    def __init__(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        self._client, self._monkeypatch = client, monkeypatch

    def ask(self, moment: dt.datetime) -> list[str]:
        """Subjects of the letters about the worker after a probe at a moment."""
        self._monkeypatch.setattr(timezone, "now", lambda: moment)
        self._client.get("/readyz")
        return [letter.subject for letter in mail.outbox if "Обработчик" in letter.subject]

    def noticed_after(self, last_sign: dt.datetime) -> dt.timedelta:
        """How long after the last sign the first letter goes, when the balancer asks every minute."""
        asked = (last_sign + minutes * MINUTE for minutes in range(1, 60))
        return next(moment for moment in asked if self.ask(moment)) - last_sign


@pytest.fixture
def real_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> RealTime:
    make_clerk("watcher", "office.watch_system")
    return RealTime(client, monkeypatch)


@pytest.mark.parametrize("business_day", ["", "2031-02-03", "2019-07-01"])
def test_within_five_minutes_by_real_time(real_time: RealTime, business_date: SetDate, business_day: str) -> None:
    """The control is the worker that lives: signs each minute, no letter."""
    business_date(business_day)
    started = timezone.now()
    for minute in range(6):
        health.note_beat(health.WORKER, started + minute * MINUTE)
        assert real_time.ask(started + minute * MINUTE) == []
    assert not business_day or str(clock.today()) == business_day
    assert 2 * MINUTE < real_time.noticed_after(started + 5 * MINUTE) <= 5 * MINUTE


def test_a_longer_term_is_kept(real_time: RealTime) -> None:
    MonitoringSettings.objects.create(worker_minutes=20)
    now = timezone.now()
    health.note_beat(health.WORKER, now)
    assert real_time.noticed_after(now) > 20 * MINUTE
