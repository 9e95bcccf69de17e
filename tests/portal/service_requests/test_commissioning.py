"""A meter mounted by the resident: from the application to the first charge, with missed visits of both sides."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from portal.accounts.enums import Service
from portal.metering.exceptions import FinalReadingLower, SerialNumberTaken, TooManyDecimals, VerificationExpired
from portal.metering.models import Meter
from portal.notifications.models import Message
from portal.service_requests.commissioning import selectors, services
from portal.service_requests.commissioning.enums import ApplicationState, FileKind, VisitState
from portal.service_requests.commissioning.exceptions import (
    AlreadySigned,
    DayUnsuitable,
    MountedInFuture,
    MovedAlready,
    NotOffered,
    PassportMissing,
    PlacePending,
    ReasonsMissing,
    SealMissing,
    SerialPending,
    TooLateToMove,
    VisitNotOver,
)
from portal.service_requests.commissioning.models import CommissioningApplication, RefusalReason, Visit
from portal.service_requests.crews.models import Crew, DayOff, Slot
from portal.service_requests.crews.selectors import free_slots
from portal.service_requests.exceptions import SlotTaken, WrongState
from portal.service_requests.terms import RequestTerms
from tests.pdf import text_of
from tests.people import Cast, make_login
from tests.portal.service_requests.samples import (
    NOW,
    TODAY,
    applied,
    good_check,
    later,
    meter_data,
    page,
    slots,
)


@pytest.fixture
def engineer(db: None) -> object:
    return make_login("engineer", staff=True)


def agreed(cast: Cast, engineer: object, application: CommissioningApplication | None = None) -> Visit:
    application = application or applied(cast)
    offered = slots()
    services.offer(application=application, slots=offered, by=engineer, moment=later(1))  # type: ignore[arg-type]
    return services.pick(application=application, slot_id=offered[0].pk, by=cast.boris.user, now=later(1, 15))


def notified(cast: Cast) -> list[str]:
    inbox = Message.objects.filter(user=cast.boris.user, channel="inbox").order_by("pk")
    return [message.subject.split(": ")[1] for message in inbox]


# The application


def test_three_days_to_answer_counted_from_tomorrow(cast: Cast) -> None:
    application = applied(cast)
    assert application.contact_by == dt.date(2026, 11, 15)
    term = selectors.clock(application, TODAY + dt.timedelta(days=1))
    assert term is not None
    assert term.counted == [dt.date(2026, 11, 13), dt.date(2026, 11, 14), dt.date(2026, 11, 15)]
    assert (term.days_left, term.late) == (2, False)
    assert not selectors.late(dt.date(2026, 11, 15)).exists()
    assert list(selectors.late(dt.date(2026, 11, 16))) == [application]


def test_working_days_when_the_setting_says_so(cast: Cast) -> None:
    terms = RequestTerms.load()
    terms.contact_in_working_days = True
    terms.save()
    assert applied(cast).contact_by == dt.date(2026, 11, 17), "12 November 2026 is a Thursday"


def test_a_term_once_promised_stays(cast: Cast) -> None:
    application = applied(cast)
    terms = RequestTerms.load()
    terms.contact_days = 10
    terms.save()
    assert CommissioningApplication.objects.get(pk=application.pk).contact_by == dt.date(2026, 11, 15)


def test_the_same_form_twice_is_one_application(cast: Cast) -> None:
    assert applied(cast) == applied(cast)
    assert notified(cast) == ["приняли"]


def test_a_place_that_has_one_pending(cast: Cast) -> None:
    first = applied(cast)
    with pytest.raises(PlacePending) as refused:
        applied(cast, key="k2", serial_number="777", place="кухня")
    assert refused.value.number == first.number
    first.pk, first.key = None, "k3"
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_a_withdrawn_place_is_free_again(cast: Cast) -> None:
    services.withdraw(application=applied(cast), by=cast.boris.user, moment=NOW)
    applied(cast, key="k2")
    with pytest.raises(WrongState):
        services.withdraw(application=CommissioningApplication.objects.earliest("pk"), by=cast.boris.user, moment=NOW)


def test_a_serial_number_of_another_account(cast: Cast) -> None:
    with pytest.raises(SerialNumberTaken) as refused:
        applied(cast, serial_number="a-1001")
    assert not refused.value.same_account


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"verified_until": TODAY - dt.timedelta(days=1)}, VerificationExpired),
        ({"mounted_on": TODAY + dt.timedelta(days=1)}, MountedInFuture),
        ({"value": Decimal("0.1234")}, TooManyDecimals),
    ],
)
def test_what_cannot_be_right(cast: Cast, changed: dict[str, object], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        applied(cast, **changed)


def test_a_final_reading_below_the_last(cast: Cast) -> None:
    old = Meter.objects.get(serial_number="A-1001")
    with pytest.raises(FinalReadingLower) as refused:
        services.apply(
            key="x",
            account=cast.anna.account,
            applicant=services.Applicant(name="Анна", phone="89161234567"),
            meter=meter_data(replaces=old, final_value=Decimal("100.000")),
            preferred=services.PreferredSlot(TODAY + dt.timedelta(days=5)),
            files={FileKind.PASSPORT: [page(cast.anna.user)]},
            author=cast.anna.user,
            moment=NOW,
        )
    assert refused.value.previous == Decimal("135.120")


def test_no_passport_and_no_unsuitable_day(cast: Cast) -> None:
    common = {
        "key": "x",
        "account": cast.boris.account,
        "meter": meter_data(),
        "author": cast.boris.user,
        "moment": NOW,
        "applicant": services.Applicant(name="Борис", phone="89161234567"),
    }
    with pytest.raises(PassportMissing):
        services.apply(files={}, preferred=services.PreferredSlot(TODAY + dt.timedelta(days=5)), **common)  # type: ignore[arg-type]
    documents = {FileKind.PASSPORT: [page(cast.boris.user)]}
    for days in (0, 40):
        with pytest.raises(DayUnsuitable):
            services.apply(files=documents, preferred=services.PreferredSlot(TODAY + dt.timedelta(days=days)), **common)  # type: ignore[arg-type]


# Agreeing


def test_offered_and_picked(cast: Cast, engineer: object) -> None:
    visit = agreed(cast, engineer)
    assert visit.application is not None
    assert visit.application.state == ApplicationState.SCHEDULED
    assert Slot.objects.get(pk=visit.slot_id).booked == 1
    assert notified(cast) == ["приняли", "выберите время визита", "визит согласован"]


def test_a_slot_that_was_not_offered(cast: Cast, engineer: object) -> None:
    application = applied(cast)
    offered = slots()
    services.offer(application=application, slots=offered[:1], by=engineer, moment=later(1))  # type: ignore[arg-type]
    with pytest.raises(NotOffered):
        services.pick(application=application, slot_id=offered[1].pk, by=cast.boris.user, now=later(1))


def test_a_slot_taken_a_second_ago(cast: Cast, engineer: object) -> None:
    application = applied(cast)
    slot = slots()[0]
    services.offer(application=application, slots=[slot], by=engineer, moment=later(1))  # type: ignore[arg-type]
    Slot.objects.filter(pk=slot.pk).update(booked=1)
    with pytest.raises(SlotTaken):
        services.pick(application=application, slot_id=slot.pk, by=cast.boris.user, now=later(1))
    assert CommissioningApplication.objects.get(pk=application.pk).state == ApplicationState.OFFERED
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(booked=2)


def test_a_day_off_is_offered_to_nobody(cast: Cast) -> None:
    first, second, third = slots()
    DayOff.objects.create(day=first.day)
    DayOff.objects.create(day=second.day, crew=second.crew)
    assert list(free_slots(TODAY, TODAY + dt.timedelta(days=30))) == [third]


def test_moved_once(cast: Cast, engineer: object) -> None:
    visit = agreed(cast, engineer)
    other, third = slots()[1:]
    moved = services.move_visit(
        application=visit.application,
        slot_id=other.pk,
        by=cast.boris.user,
        now=later(2),  # type: ignore[arg-type]
    )
    assert Slot.objects.get(pk=visit.slot_id).booked == 0
    assert Visit.objects.get(pk=visit.pk).state == VisitState.MOVED
    with pytest.raises(MovedAlready):
        services.move_visit(
            application=moved.application,
            slot_id=third.pk,
            by=cast.boris.user,
            now=later(2),  # type: ignore[arg-type]
        )


def test_not_on_the_day_itself(cast: Cast, engineer: object) -> None:
    visit = agreed(cast, engineer)
    with pytest.raises(TooLateToMove):
        services.move_visit(
            application=visit.application,
            slot_id=slots()[1].pk,
            by=cast.boris.user,
            now=later(3, 8),  # type: ignore[arg-type]
        )


def test_another_day_starts_our_clock_anew(cast: Cast, engineer: object) -> None:
    application = applied(cast)
    services.offer(application=application, slots=slots(), by=engineer, moment=later(1))  # type: ignore[arg-type]
    preferred = services.PreferredSlot(TODAY + dt.timedelta(days=12))
    application = services.ask_another_day(
        application=application, preferred=preferred, by=cast.boris.user, moment=later(2)
    )
    assert (application.state, application.contact_by) == (ApplicationState.SUBMITTED, TODAY + dt.timedelta(days=5))
    assert not application.offers.exists()


# The visit


def test_in_service_and_counting_from_the_first(cast: Cast, engineer: object) -> None:
    visit = agreed(cast, engineer)
    certificate = services.put_into_service(visit=visit, check=good_check(), by=engineer, moment=later(3))  # type: ignore[arg-type]
    meter = certificate.meter
    assert meter is not None
    assert (meter.commissioned_on, meter.start_value) == (dt.date(2026, 12, 1), Decimal("0.480"))
    assert meter.seal_number == "П-118"
    application = CommissioningApplication.objects.get()
    assert application.state == ApplicationState.COMMISSIONED
    assert [step.state for step in selectors.steps(application)] == ["done"] * 5
    assert "1\u00a0декабря" in Message.objects.filter(channel="inbox").latest("pk").body
    with pytest.raises(WrongState):
        services.put_into_service(visit=visit, check=good_check(), by=engineer, moment=later(3))  # type: ignore[arg-type]


def test_the_old_meter_is_closed_by_the_same_step(cast: Cast, engineer: object) -> None:
    old = Meter.objects.get(serial_number="A-1001")
    application = services.apply(
        key="x",
        account=cast.anna.account,
        applicant=services.Applicant(name="Анна", phone="89161234567"),
        meter=meter_data(replaces=old, final_value=Decimal("140.000")),
        preferred=services.PreferredSlot(TODAY + dt.timedelta(days=5)),
        files={FileKind.PASSPORT: [page(cast.anna.user)]},
        author=cast.anna.user,
        moment=NOW,
    )
    visit = services.agree_by_phone(application=application, slot_id=slots()[0].pk, by=engineer, now=later(1))  # type: ignore[arg-type]
    check = good_check(old_value=Decimal("140.250"))
    services.put_into_service(visit=visit, check=check, by=engineer, moment=later(3))  # type: ignore[arg-type]
    old.refresh_from_db()
    assert (old.closed_on, old.closing_value) == (later(3).date(), Decimal("140.250"))


@pytest.mark.parametrize(
    ("seen", "points"),
    [
        ({"serial_seen": "31507443"}, ["serial_seen"]),
        ({"passport_matches": False, "working": False}, ["passport_matches", "working"]),
        ({"scheme_right": False}, ["scheme_right"]),
    ],
)
def test_a_failing_point_needs_a_refusal(
    cast: Cast, engineer: object, seen: dict[str, object], points: list[str]
) -> None:
    visit = agreed(cast, engineer)
    with pytest.raises(ReasonsMissing) as refused:
        services.put_into_service(visit=visit, check=good_check(**seen), by=engineer, moment=later(3))  # type: ignore[arg-type]
    assert refused.value.points == points


def test_no_seal_no_service(cast: Cast, engineer: object) -> None:
    visit = agreed(cast, engineer)
    with pytest.raises(SealMissing):
        services.put_into_service(visit=visit, check=good_check(seal_number=" "), by=engineer, moment=later(3))  # type: ignore[arg-type]


def test_refused_with_reasons_and_what_to_do_next(cast: Cast, engineer: object) -> None:
    visit = agreed(cast, engineer)
    reason = RefusalReason.objects.create(text="Нет фильтра", advice="Поставьте фильтр и подайте заявку снова.")
    with pytest.raises(ReasonsMissing):
        services.refuse(visit=visit, check=good_check(), reasons=[], by=engineer, moment=later(3))  # type: ignore[arg-type]
    check = good_check(scheme_right=False)
    certificate = services.refuse(visit=visit, check=check, reasons=[reason], by=engineer, moment=later(3))  # type: ignore[arg-type]
    assert certificate.meter is None
    assert certificate.data["reasons"] == [{"text": reason.text, "advice": reason.advice}]
    assert "Поставьте фильтр" in Message.objects.filter(channel="inbox").latest("pk").body
    assert not Meter.objects.filter(account=cast.boris.account).exists()
    applied(cast, key="again")


def test_the_company_did_not_come(cast: Cast, engineer: object) -> None:
    visit = agreed(cast, engineer)
    with pytest.raises(VisitNotOver):
        services.company_did_not_come(visit=visit, now=later(3, 11))
    assert services.settle_missed_visits(now=later(3, 23)) == 0, "the day is not over"
    assert services.settle_missed_visits(now=later(4, 3)) == 1
    assert services.settle_missed_visits(now=later(5, 3)) == 0
    meter = Meter.objects.get(account=cast.boris.account)
    assert (meter.start_value, meter.commissioned_on) == (Decimal("0.120"), dt.date(2026, 12, 1))
    certificate = meter.commissioning_certificates.get()
    assert certificate.made_on == TODAY, "in service from the day of the application"
    assert certificate.data["missed"] is True
    assert [step.state for step in selectors.steps(CommissioningApplication.objects.get())][2] == "failed"


def test_missed_in_the_next_month_it_still_counts_from_the_applications(cast: Cast, engineer: object) -> None:
    visit = agreed(cast, engineer)
    Slot.objects.filter(pk=visit.slot_id).update(day=dt.date(2026, 12, 3))
    visit.refresh_from_db()
    services.settle_missed_visits(now=later(25))
    assert Meter.objects.get(account=cast.boris.account).commissioned_on == dt.date(2026, 12, 1)


def test_the_resident_was_out(cast: Cast, engineer: object) -> None:
    visit = agreed(cast, engineer)
    with pytest.raises(VisitNotOver):
        services.resident_was_out(visit=visit, by=engineer, moment=later(2))  # type: ignore[arg-type]
    application = services.resident_was_out(visit=visit, by=engineer, moment=later(3), note="Звонили дважды")  # type: ignore[arg-type]
    assert application.state == ApplicationState.OFFERED
    assert [offer.slot for offer in application.offers.all()] == slots()[1:]
    assert Visit.objects.get(pk=visit.pk).state == VisitState.ABSENT
    assert notified(cast)[-2:] == ["вас не застали", "выберите время визита"]
    assert not Meter.objects.filter(account=cast.boris.account).exists()


def test_the_act_is_one_pdf_of_two_copies_made_once(cast: Cast, engineer: object) -> None:
    visit = agreed(cast, engineer)
    certificate = services.put_into_service(visit=visit, check=good_check(), by=engineer, moment=later(3))  # type: ignore[arg-type]
    made = services.pdf_of(certificate)
    assert services.pdf_of(certificate) == made
    with made.file.open("rb") as content:
        shown = text_of(content.read())
    assert shown.count(f"№ {certificate.number}") == 2
    assert "0,480 м³" in shown.replace("\u00a0", " ")
    services.attach_signed(certificate=certificate, scan=page(cast.boris.user))
    with pytest.raises(AlreadySigned):
        services.attach_signed(certificate=certificate, scan=page(cast.boris.user))


def test_a_neighbour_sees_nothing(cast: Cast, engineer: object) -> None:
    visit = agreed(cast, engineer)
    services.put_into_service(visit=visit, check=good_check(), by=engineer, moment=later(3))  # type: ignore[arg-type]
    assert (
        selectors.applications_of(cast.boris.user).count()
        == selectors.commissioning_certificates_of(cast.boris.user).count()
        == 1
    )
    assert (
        selectors.applications_of(cast.stranger.user).count()
        == selectors.commissioning_certificates_of(cast.stranger.user).count()
        == 0
    )


def test_hot_and_cold_may_share_a_number_as_the_law_does_not_forbid(cast: Cast) -> None:
    applied(cast)
    applied(cast, key="k2", service=Service.HOT_WATER)
    assert CommissioningApplication.objects.count() == 2


def test_of_two_crews_at_the_same_hours_a_resident_sees_one(cast: Cast, engineer: object) -> None:
    application, first = applied(cast), slots(1)[0]
    other = Crew.objects.create(name="Счётчики 2")
    second = Slot.objects.create(crew=other, day=first.day, starts=first.starts, ends=first.ends, capacity=1)
    services.offer(application=application, slots=[first, second], by=engineer, moment=later(1))  # type: ignore[arg-type]
    text = application.events.latest("pk").text
    assert text.count(first.hours) == 1
    assert selectors.offered_slots(application) == [first]
    Slot.objects.filter(pk=first.pk).update(booked=1)
    assert selectors.offered_slots(application) == [second], "the hours are still free with the other crew"


def test_a_number_of_another_is_known_however_it_is_written(cast: Cast) -> None:
    with pytest.raises(SerialNumberTaken):
        applied(cast, serial_number="a 1001")
    applied(cast)
    with pytest.raises(SerialPending):
        applied(cast, key="k2", place="Ванная", serial_number="31507-442")
