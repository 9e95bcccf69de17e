"""A tampering report: its cost is shown; it is entered once, notified, and booked by the next closing."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from portal.accounts.enums import Service
from portal.billing import services
from portal.billing.exceptions import ReportInFuture, ReportOverlaps, ReportTooLong, ServiceNotCharged
from portal.billing.explain import sentences
from portal.billing.models import Charge, TamperingReport
from portal.core.files.checking import CheckedFile
from portal.core.files.services import visible_file
from portal.notifications.models import Message
from tests.company import put_numbers
from tests.people import Cast
from tests.portal.billing.month import FEBRUARY, JANUARY, MARCH, close, read

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 2, 10)


def _report(cast: Cast, **changes: object) -> services.NewTamperingReport:
    written = {
        "account": cast.anna.account,
        "service": Service.COLD_WATER,
        "number": "14",
        "drawn_on": dt.date(2026, 2, 9),
        "since": dt.date(2026, 1, 17),
        "until": dt.date(2026, 2, 9),
        **changes,
    }
    return services.NewTamperingReport(**written)  # type: ignore[arg-type]  # as above


@pytest.fixture
def january(cast: Cast) -> Cast:
    """Anna's meter said 6.335 m³ of cold water in January."""
    put_numbers()
    cold, hot = cast.anna.account.meters.order_by("service")
    read(cold, "141.455", dt.date(2026, 1, 15))
    read(hot, "83.210", dt.date(2026, 1, 15))
    close(JANUARY)
    return cast


def test_what_was_shown_is_booked_once(january: Cast) -> None:
    """January: 15 of 31 days, 4.331 × 2 × 15/31 × 10 = 41.913, less 6.335 × 15/31 = 3.065: 38.848 m³, 1890.73 ₽.

    February: 9 of 28 days, 4.331 × 2 × 9/28 × 10 = 27.842, less 9/28 of the average or norm that February comes to.
    """
    shown = services.preview_report(_report(january))
    assert (str(shown.lines[0].for_period), shown.lines[0].volume, shown.lines[0].amount) == (
        "2026-01",
        Decimal("38.848"),
        Decimal("1890.73"),
    )
    assert (str(shown.booked_in), shown.waits_for, len(shown.lines)) == ("2026-02", None, 2)
    assert not TamperingReport.objects.exists()
    services.enter_report(_report(january), by=None, today=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        services.enter_report(_report(january), by=None, today=TODAY)
    notified = Message.objects.get(user=january.anna.user, channel="inbox", kind="act")
    assert "№ 14" in notified.body
    close(FEBRUARY)
    close(MARCH)
    booked = Charge.objects.filter(explanation__act="14").order_by("for_period")
    assert [(line.volume, line.amount) for line in booked] == [(line.volume, line.amount) for line in shown.lines]


def test_an_act_is_refused_in_words_that_name_the_day(january: Cast) -> None:
    with pytest.raises(ReportTooLong) as refused:
        services.require_report(_report(january, since=dt.date(2025, 11, 8)), today=TODAY)
    assert refused.value.earliest == dt.date(2025, 11, 9)
    with pytest.raises(ReportInFuture):
        services.require_report(_report(january, drawn_on=dt.date(2026, 2, 11)), today=TODAY)
    with pytest.raises(ServiceNotCharged):
        services.require_report(_report(january, service=Service.HOT_WATER), today=TODAY)
    services.enter_report(_report(january), by=None, today=TODAY)
    with pytest.raises(ReportOverlaps) as twice:
        services.require_report(_report(january, number="15", since=dt.date(2026, 2, 9)), today=TODAY)
    assert twice.value.number == "14"


def test_its_paper_is_for_the_holder_and_the_staff_in_charge(january: Cast) -> None:
    document = CheckedFile(b"%PDF-1.4 act", "application/pdf", "act.pdf")
    report = services.enter_report(_report(january), by=None, today=TODAY, file=document)
    assert report.file is not None
    assert visible_file(file_id=report.file.pk, user=january.anna.user) == report.file
    assert visible_file(file_id=report.file.pk, user=january.stranger.user) is None


def test_a_reading_that_corrects_the_month_in_the_same_closing_counts(cast: Cast) -> None:
    """59 m³ over January and February are 31.000 for January, not the norm that stood there (Rules 354, п. 62).

    15 of January's days: 4.331 × 2 × 15/31 × 10 = 41.913, less 31.000 × 15/31 = 15.000: 26.913 m³.
    """
    put_numbers()
    close(JANUARY)
    report = _report(cast, until=dt.date(2026, 1, 31))
    services.enter_report(report, by=None, today=TODAY)
    read(cast.anna.account.meters.get(service="cold_water"), "194.120", dt.date(2026, 2, 15))
    close(FEBRUARY)
    assert Charge.objects.get(explanation__act="14").volume == Decimal("26.913")


def test_a_reading_that_corrects_the_month_later_corrects_the_act(cast: Cast) -> None:
    """The act stood on the norm: 41.913 less 8.662 × 15/31 = 4.191 is 37.722 m³. 90 m³ over January to March are 31.000
    for January, 15.000 for the 15 days: the act comes to 26.913 m³, so 10.809 are taken off again, once."""
    put_numbers()
    close(JANUARY)
    services.enter_report(_report(cast, until=dt.date(2026, 1, 31)), by=None, today=TODAY)
    close(FEBRUARY)
    read(cast.anna.account.meters.get(service="cold_water"), "225.120", dt.date(2026, 3, 15))
    close(MARCH)
    close(MARCH.next)
    booked = Charge.objects.filter(explanation__act="14").order_by("period")
    assert [line.volume for line in booked] == [Decimal("37.722"), Decimal("-10.809")]
    assert "За эти дни было начислено 52,722\xa0м³: разница \u221210,809\xa0м³." in sentences(booked[1])


def test_two_acts_of_a_month_stand_beside_each_other(january: Cast) -> None:
    """Each of 17–20 and 25–31 January is measured by the 6.335 m³ of the month, not by what the other one adds:

    4 days: 86.620 × 4/31 = 11.177 less 0.817 is 10.360; 7 days: 19.559 less 1.430 is 18.129 m³; and nothing later.
    """
    for number, first, last in (("14", 17, 20), ("15", 25, 31)):
        report = _report(january, number=number, since=dt.date(2026, 1, first), until=dt.date(2026, 1, last))
        services.enter_report(report, by=None, today=TODAY)
    close(FEBRUARY)
    close(MARCH)
    booked = Charge.objects.filter(explanation__has_key="act").order_by("explanation__act", "period")
    assert [line.volume for line in booked] == [Decimal("10.360"), Decimal("18.129")]


def test_the_days_of_an_act_have_their_own_price(cast: Cast) -> None:
    """From 16 January a m³ costs 50 ₽: so do the days from the 17th, which a split of the whole month would mix."""
    put_numbers()
    dearer = services.NewRate(service=Service.COLD_WATER, valid_from=dt.date(2026, 1, 16), price=Decimal(50))
    services.adopt_rates(rates=[dearer], source="Распоряжение № 13")
    read(cast.anna.account.meters.get(service="cold_water"), "141.455", dt.date(2026, 1, 15))
    close(JANUARY)
    services.enter_report(_report(cast, until=dt.date(2026, 1, 31)), by=None, today=TODAY)
    close(FEBRUARY)
    assert [(line.volume, line.price) for line in Charge.objects.filter(explanation__act="14")] == [
        (Decimal("38.848"), Decimal(50))
    ]
