"""The examples of the how-to pages run as they are written."""

import datetime as dt
from typing import Any

import pytest

from portal.core import clock
from portal.metering.models import Meter
from portal.notifications import declarations
from portal.notifications.models import Message
from portal.office.reports import metering
from portal.payments.models import Payment
from tests.how_to.pages import block, page
from tests.people import Cast
from tests.portal.payments.bank import begin

pytestmark = pytest.mark.django_db


def test_the_report_of_report_md_lists_its_meters(cast: Cast) -> None:
    names: dict[str, Any] = dict(vars(metering))
    exec(block(page("report.md"), "python"), names)
    report = names["VerificationEnding"]()
    meter = Meter.objects.filter(account=cast.anna.account)[0]
    meter.verified_until = clock.today() + dt.timedelta(days=30)
    meter.save()
    filters = names["EndingFilters"]({"days": "30"})
    assert filters.is_valid()
    (row,) = report.rows(filters.cleaned_data)
    exported = [column.exported(row) for column in report.columns]
    assert exported == [cast.anna.account.number, meter.serial_number, meter.verified_until]


def test_the_notification_of_its_page_is_sent_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declarations, "_kinds", dict(declarations._kinds))
    code = block(page("notification-kind.md"), "python").replace('"payment_recorded"', '"payment_example"')
    names: dict[str, Any] = {"__name__": "example"}
    exec(code, names)
    payment: Payment = begin(cast.anna)
    for _ in range(2):
        names["notify_payment_recorded"](payment)
    sent = Message.objects.filter(kind="payment_example")
    assert {message.user for message in sent} == {cast.anna.user}
    assert sent.filter(channel="inbox").count() == 1
