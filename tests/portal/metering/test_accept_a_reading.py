"""One reading at the service: what is taken, what it replaces, what refuses it, what staff are to look at."""

import datetime as dt
from decimal import Decimal

import pytest

from portal.core.clock import MOSCOW
from portal.metering.enums import Flag, ReadingSource, Status
from portal.metering.exceptions import (
    ControlReadingStands,
    HigherThanNext,
    LaterReadingStands,
    LowerThanPrevious,
    MeterClosed,
    NegativeValue,
    NotCountingYet,
    ReadingWindowClosed,
    TooManyDecimals,
    TooManyDigits,
    UnusuallyHigh,
)
from portal.metering.models import Meter, Reading
from portal.metering.selectors import (
    active_meters,
    histories,
    previous_values,
    reading_rows,
    reading_years,
    window,
)
from portal.metering.services import Sent, record_reading, require_value, submit_reading, submit_readings
from portal.notifications.models import Message
from tests.people import Cast, make_meter

START = Decimal("135.120")


def at(day: int, month: int = 11, hour: int = 12) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, tzinfo=MOSCOW)


@pytest.fixture
def cold(cast: Cast) -> Meter:
    """Anna's cold water: 6 m³ a month since August, the last reading 153.120 in October."""
    meter = Meter.objects.get(serial_number="A-1001")
    Meter.objects.filter(pk=meter.pk).update(commissioned_on=dt.date(2026, 7, 15))
    meter.refresh_from_db()
    for month in (8, 9, 10):
        send(meter, str(START + 6 * (month - 7)), at(15, month))
    return meter


def send(
    meter: Meter, value: str, moment: dt.datetime, source: ReadingSource = ReadingSource.PAPER, **confirmed: bool
) -> Reading:
    return submit_reading(meter=meter, value=Decimal(value), moment=moment, source=source, **confirmed)


def accepted(meter: Meter) -> list[str]:
    rows = Reading.objects.filter(meter=meter, status=Status.ACCEPTED).order_by("taken_on", "pk")
    return [str(value) for value in rows.values_list("value", flat=True)]


@pytest.mark.parametrize("value", ["0", "99999.999", "0.001"])
def test_what_a_meter_of_five_digits_can_show(value: str) -> None:
    require_value(Decimal(value), 5)


@pytest.mark.parametrize(
    ("value", "refusal"),
    [("-0.001", NegativeValue), ("100000", TooManyDigits), ("1.0001", TooManyDecimals), ("100000.0001", TooManyDigits)],
)
def test_what_it_cannot(value: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        require_value(Decimal(value), 5)


def test_an_ordinary_reading_carries_no_flag(cold: Meter) -> None:
    reading = send(cold, "159.000", at(15))
    assert (reading.flags, reading.rollover, reading.replaces) == ([], False, None)
    assert reading.accepted_at == at(15)


def test_the_same_value_again_is_the_same_reading(cold: Meter) -> None:
    first, is_new = record_reading(Sent(meter=cold, value=Decimal("159.000")), moment=at(15))
    again, is_new_again = record_reading(Sent(meter=cold, value=Decimal("159.000")), moment=at(16))
    assert (is_new, is_new_again, again) == (True, False, first)


def test_a_resident_replaces_their_reading_of_the_window(cold: Meter) -> None:
    first = send(cold, "159.000", at(15), ReadingSource.CABINET)
    second = send(cold, "158.500", at(16), ReadingSource.CABINET)
    first.refresh_from_db()
    assert (first.status, second.replaces) == (Status.REPLACED, first)
    assert accepted(cold)[-1] == "158.500"


def test_a_later_reading_of_the_window_is_not_replaced_by_an_earlier_day(cold: Meter) -> None:
    send(cold, "159.000", at(17), ReadingSource.CABINET)
    with pytest.raises(LaterReadingStands) as refused:
        send(cold, "158.000", at(16), ReadingSource.CABINET)
    assert (refused.value.value, refused.value.taken_on) == (Decimal("159.000"), dt.date(2026, 11, 17))


def test_a_control_reading_of_the_day_stands(cold: Meter) -> None:
    send(cold, "159.000", at(15), ReadingSource.CONTROL)
    with pytest.raises(ControlReadingStands) as refused:
        send(cold, "158.000", at(15), ReadingSource.CABINET)
    assert refused.value.value == Decimal("159.000")
    send(cold, "159.500", at(16), ReadingSource.CABINET)
    assert accepted(cold)[-2:] == ["159.000", "159.500"]


def test_staff_replace_the_reading_of_the_day_alone(cold: Meter) -> None:
    send(cold, "159.000", at(15), ReadingSource.PHONE)
    send(cold, "160.000", at(16), ReadingSource.PHONE)
    send(cold, "159.500", at(15), ReadingSource.PHONE)
    assert accepted(cold)[-2:] == ["159.500", "160.000"]


@pytest.mark.parametrize(("day", "is_open"), [(9, False), (10, True), (20, True), (21, False)])
def test_residents_send_inside_the_window_only(cold: Meter, day: int, is_open: bool) -> None:
    if is_open:
        assert send(cold, "159.000", at(day), ReadingSource.CABINET)
        return
    with pytest.raises(ReadingWindowClosed) as refused:
        send(cold, "159.000", at(day), ReadingSource.CABINET)
    assert refused.value.opens_on == dt.date(2026, 11 if day < 10 else 12, 10)
    assert send(cold, "159.000", at(day), ReadingSource.PHONE), "staff enter at any time"


def test_a_lower_one_asks_about_a_rollover_only_near_the_end(cold: Meter) -> None:
    with pytest.raises(LowerThanPrevious) as refused:
        send(cold, "1.000", at(15))
    assert (refused.value.previous, refused.value.may_be_rollover) == (Decimal("153.120"), False)

    old = make_meter(cold.account, cold.service, serial="A-1099", start="99995.000", place="Ванная")
    Meter.objects.filter(pk=old.pk).update(commissioned_on=dt.date(2026, 10, 15))
    with pytest.raises(LowerThanPrevious) as refused:
        send(old, "3.000", at(15))
    assert refused.value.may_be_rollover is True
    turned = send(old, "3.000", at(15), confirmed_rollover=True)
    assert (turned.rollover, turned.flags) == (True, [Flag.ROLLOVER])


def test_a_high_one_is_asked_about_and_then_flagged(cold: Meter) -> None:
    with pytest.raises(UnusuallyHigh) as refused:
        send(cold, "175.000", at(15))
    assert refused.value.volume == Decimal("21.880")
    assert Decimal(5) < refused.value.usual < Decimal(7)
    assert Flag.HIGH in send(cold, "175.000", at(15), confirmed_high=True).flags


def test_twice_last_years_month_may_be_a_leak(cold: Meter) -> None:
    Meter.objects.filter(pk=cold.pk).update(commissioned_on=dt.date(2025, 10, 15))
    cold.refresh_from_db()
    send(cold, "138.120", dt.datetime(2025, 11, 14, 12, tzinfo=MOSCOW))
    assert Flag.LEAK not in send(cold, "159.120", at(15), confirmed_high=True).flags, (
        "6 m³ where 3 were: twice is not above twice"
    )
    Reading.objects.filter(meter=cold, taken_on=dt.date(2026, 11, 15)).delete()
    assert Flag.LEAK in send(cold, "159.200", at(15), confirmed_high=True).flags


def test_three_months_without_a_drop_are_flagged(cast: Cast) -> None:
    hot = Meter.objects.get(serial_number="A-1002")
    Meter.objects.filter(pk=hot.pk).update(commissioned_on=dt.date(2026, 7, 15))
    flags = [send(hot, "80.000", at(15, month)).flags for month in (8, 9, 10, 11)]
    assert [Flag.ZERO in reading for reading in flags] == [False, False, True, True]


def test_one_of_the_past_fits_between_its_neighbours(cold: Meter) -> None:
    with pytest.raises(HigherThanNext) as refused:
        send(cold, "154.000", at(25, 9), confirmed_high=True)
    assert (refused.value.following, refused.value.taken_on) == (Decimal("153.120"), dt.date(2026, 10, 15))
    assert send(cold, "148.000", at(25, 9)).taken_on == dt.date(2026, 9, 25)


def test_a_closed_meter_and_one_that_does_not_count_yet(cold: Meter) -> None:
    Meter.objects.filter(pk=cold.pk).update(closed_on=dt.date(2026, 11, 15), closing_value=Decimal("158.000"))
    with pytest.raises(MeterClosed):
        send(cold, "159.000", at(15))
    assert send(cold, "157.000", at(14)), "the day before it still stood"
    fresh = make_meter(cold.account, cold.service, serial="A-1100", place="Ванная")
    Meter.objects.filter(pk=fresh.pk).update(commissioned_on=dt.date(2026, 12, 1))
    with pytest.raises(NotCountingYet) as refused:
        send(fresh, "101.000", at(15), ReadingSource.CABINET)
    assert refused.value.counts_from == dt.date(2026, 12, 1)


def test_a_form_takes_the_right_one_and_names_the_wrong_one(cold: Meter, cast: Cast) -> None:
    hot = Meter.objects.get(serial_number="A-1002")
    outcome = submit_readings(
        account=cast.anna.account,
        sent=[Sent(meter=cold, value=Decimal("159.000")), Sent(meter=hot, value=Decimal("1.000"))],
        moment=at(15),
        entered_by=cast.anna.user,
    )
    assert list(outcome.accepted) == [cold.pk]
    assert isinstance(outcome.refused[hot.pk], LowerThanPrevious)
    assert [reading.entered_by for reading in outcome.new] == [cast.anna.user]
    confirmed = Message.objects.filter(user=cast.anna.user).count()
    again = submit_readings(account=cast.anna.account, sent=[Sent(meter=cold, value=Decimal("159.000"))], moment=at(16))
    assert (list(again.accepted), again.new) == ([cold.pk], [])
    assert Message.objects.filter(user=cast.anna.user).count() == confirmed, "confirmed once"


# What is shown of them.


def test_the_history_counts_volumes_between_accepted_readings(cold: Meter, cast: Cast) -> None:
    send(cold, "158.000", at(15), ReadingSource.CABINET)
    send(cold, "159.120", at(16), ReadingSource.CABINET)
    rows = reading_rows(cast.anna.account)
    assert [(row.reading.value, row.volume) for row in rows[:3]] == [
        (Decimal("159.120"), Decimal("6.000")),
        (Decimal("158.000"), None),
        (Decimal("153.120"), Decimal("6.000")),
    ]
    assert reading_years(cast.anna.account) == [2026]
    assert reading_rows(cast.anna.account, year=2025) == []
    replaced = reading_rows(cast.anna.account, status=Status.REPLACED)
    assert [row.reading.value for row in replaced] == [Decimal("158.000")]


def test_a_meter_of_somebody_else_opens_no_history(cold: Meter, cast: Cast) -> None:
    others = make_meter(cast.stranger.account, cold.service, serial="X-1")
    own = reading_rows(cast.anna.account)
    assert reading_rows(cast.anna.account, meter_id=others.pk) == own
    assert reading_rows(cast.stranger.account, meter_id=cold.pk) == []


def test_what_the_next_volume_counts_from(cold: Meter) -> None:
    first, second = dt.date(2026, 8, 15), dt.date(2026, 9, 15)
    assert previous_values([cold], before=first)[cold.pk].value == START
    assert previous_values([cold], before=first + dt.timedelta(days=1))[cold.pk].value == START + 6
    assert previous_values([cold], before=second + dt.timedelta(days=1))[cold.pk].taken_on == second
    assert [reading.taken_on for reading in histories([cold], until=second)[cold.pk]] == [first, second]


def test_the_window_knows_what_is_left_to_send(cold: Meter, cast: Cast) -> None:
    today = dt.date(2026, 11, 15)
    shown = window(cast.anna.account, today=today)
    assert (shown.is_open, shown.sent_any, shown.sent_all, len(shown.meters)) == (True, False, False, 2)
    send(cold, "159.120", at(15), ReadingSource.CABINET)
    shown = window(cast.anna.account, today=today)
    [read] = [meter for meter in shown.meters if meter.meter == cold]
    assert (read.volume, shown.sent_any, shown.sent_all) == (Decimal("6.000"), True, False)
    send(Meter.objects.get(serial_number="A-1002"), "81.000", at(15), ReadingSource.CONTROL)
    assert window(cast.anna.account, today=today).sent_all, "a control reading is as good"


def test_without_meters_nothing_is_sent(cast: Cast) -> None:
    shown = window(cast.boris.account, today=dt.date(2026, 11, 15))
    assert (shown.meters, shown.sent_all, shown.sent_any) == ([], False, False)


def test_a_meter_stands_to_the_day_before_it_is_closed(cold: Meter) -> None:
    Meter.objects.filter(pk=cold.pk).update(closed_on=dt.date(2026, 11, 15), closing_value=Decimal("158.000"))
    assert cold in active_meters(cold.account, on=dt.date(2026, 11, 14))
    assert cold not in active_meters(cold.account, on=dt.date(2026, 11, 15))
