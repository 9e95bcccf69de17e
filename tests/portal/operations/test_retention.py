"""What has had its time goes, what the law or the books need stays, and the audit leaves for a file only."""

import dataclasses
import datetime as dt
import gzip
import hashlib
import json
import re
import uuid
from decimal import Decimal

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from wagtail.models import ModelLogEntry

from portal.accounts import audit
from portal.accounts.models import ApiKey, AuditArchive, Holder, Person, RegistrationDraft, RetentionSettings, User
from portal.accounts.services.api_keys import make_key
from portal.core import clock
from portal.core.files.services import open_file
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.notifications.enums import DeliveryChannel, MessageState
from portal.notifications.models import Message
from portal.operations import jobs, retention
from portal.operations.retention import TERMS, RetentionTerm, limit_of
from portal.payments.enums import GatewayEventKind
from portal.payments.models import GatewayEvent, Payment
from portal.service_requests.support.enums import MessageSide, QuestionState
from portal.service_requests.support.models import SupportMessage, SupportQuestion
from tests.people import Cast
from tests.portal.payments.bank import begin

pytestmark = pytest.mark.django_db
TODAY = clock.real_now().date()


def ago(months: int) -> dt.datetime:
    """Inside the month that lies so many months back."""
    year, month = divmod(TODAY.year * 12 + TODAY.month - 1 - months, 12)
    return dt.datetime(year, month + 1, 14, 12, tzinfo=dt.UTC)


def letter(moment: dt.datetime, *, state: str = MessageState.SENT) -> Message:
    return Message.objects.create(
        event=str(uuid.uuid4()),
        kind="debt_reminder",
        channel=DeliveryChannel.EMAIL,
        address="a@mail.example",
        subject="Долг",
        body="820 ₽",
        state=state,
        due_at=moment,
        created_at=moment,
    )


def question(moment: dt.datetime, *, state: str = QuestionState.CLOSED) -> SupportQuestion:
    made = SupportQuestion.objects.create(
        form_token=uuid.uuid4(),
        name="Анна",
        email="a@mail.example",
        state=state,
        asked_at=moment,
        turned_at=moment,
        due_on=moment.date(),
    )
    SupportMessage.objects.create(question=made, side=MessageSide.values[0], text="Почему?", written_at=moment)
    return made


def test_letters_questions_events_and_drafts(cast: Cast) -> None:
    kept = [letter(ago(35)), letter(ago(40), state=MessageState.WAITING)]
    letter(ago(37))
    kept_question = [question(ago(59)), question(ago(70), state=QuestionState.OPEN)]
    question(ago(62))
    for months in (59, 62):
        GatewayEvent.objects.create(gateway="demo", kind=GatewayEventKind.values[0], received_at=ago(months))
    draft = RegistrationDraft.objects.create(registrar=cast.anna.user, data={"last_name": "Новый"})
    RegistrationDraft.objects.filter(pk=draft.pk).update(updated_at=ago(3))
    assert retention.due(today=TODAY) == {
        "messages": 1,
        "questions": 1,
        "requests": 0,
        "complaints": 0,
        "bank_lines": 0,
        "gateway_events": 1,
        "drafts": 1,
        "people": 0,
        "audit_log": 0,
    }
    retention.sweep(today=TODAY)
    assert list(Message.objects.order_by("pk")) == kept
    assert list(SupportQuestion.objects.order_by("pk")) == kept_question
    assert SupportMessage.objects.count() == 2
    assert (GatewayEvent.objects.count(), RegistrationDraft.objects.count()) == (1, 0)
    assert retention.sweep(today=TODAY) == dict.fromkeys(retention.due(today=TODAY), 0)


def test_what_went_stands_in_the_audit(cast: Cast) -> None:
    letter(ago(37))
    retention.sweep(today=TODAY)
    entry = ModelLogEntry.objects.get(action=audit.RETENTION)
    assert (entry.data["rows"], entry.data["what"]) == (1, "Письма и уведомления: срок хранения прошёл")


def leave(cast: Cast, months: int = 62) -> Person:
    """Anna left long ago and her login was closed."""
    Holder.objects.filter(person=cast.anna.person).update(until=ago(months).date(), since=dt.date(2010, 1, 1))
    User.objects.filter(pk=cast.anna.user.pk).update(is_active=False)
    return cast.anna.person


def test_a_former_holder_is_made_anonymous_once(cast: Cast) -> None:
    person = leave(cast)
    key, _secret = make_key(user=cast.anna.user, name="дом", moment=clock.real_now())
    SocialAccount.objects.create(user=cast.anna.user, provider="openid", uid="https://anna.livejournal.com/")
    assert retention.sweep(today=TODAY)["people"] == 1
    person.refresh_from_db()
    user = User.objects.get(pk=cast.anna.user.pk)
    assert (person.full_name, person.email, person.phone) == (f"Удалено № {person.pk}", "", "")
    assert (user.username, user.email, user.has_usable_password()) == (f"deleted-{user.pk}", "", False)
    assert Holder.objects.filter(person=person).exists()
    assert not ApiKey.objects.filter(pk=key.pk).exists()
    assert not SocialAccount.objects.exists()
    assert retention.sweep(today=TODAY)["people"] == 0


def test_who_still_has_a_debt_a_login_or_a_fresh_account_stays(cast: Cast) -> None:
    person = leave(cast)
    assert len(retention._people_due(ago(60).date())) == 1
    post_entry(
        NewEntry(
            account_id=cast.anna.account.pk,
            kind=EntryKind.CORRECTION,
            amount=Decimal("10.00"),
            effective_on=TODAY,
            key="debt",
            source="debt",
        )
    )
    assert retention.sweep(today=TODAY)["people"] == 0, "the account owes"
    Holder.objects.create(account=cast.anna.account, person=cast.boris.person, since=TODAY)
    assert retention.due(today=TODAY)["people"] == 1, "somebody else took the account with its debt"
    User.objects.filter(pk=cast.anna.user.pk).update(is_active=True)
    assert retention.due(today=TODAY)["people"] == 0, "the login works"
    User.objects.filter(pk=cast.anna.user.pk).update(is_active=False)
    Holder.objects.filter(person=person).update(until=ago(59).date())
    assert retention.due(today=TODAY)["people"] == 0, "too early"


def test_no_term_is_below_the_laws(cast: Cast) -> None:
    settings = RetentionSettings.load()
    settings.gateway_events = 59
    with pytest.raises(ValidationError):
        settings.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionSettings.objects.update(gateway_events=59)


def old_entry(cast: Cast, months: int) -> ModelLogEntry:
    return ModelLogEntry.objects.log_action(  # type: ignore[no-any-return]  # wagtail has no types
        cast.anna.person, audit.SAW, timestamp=ago(months), data={"what": "Карточка"}, title="человек"
    )


def test_old_months_of_the_audit_go_into_files(cast: Cast) -> None:
    gone, kept = [old_entry(cast, 40), old_entry(cast, 40), old_entry(cast, 38)], old_entry(cast, 35)
    assert retention.sweep(today=TODAY)["audit_log"] == 3
    assert not ModelLogEntry.objects.filter(pk__in=[entry.pk for entry in gone]).exists()
    assert ModelLogEntry.objects.filter(pk=kept.pk).exists()
    archive = AuditArchive.objects.order_by("since")[0]
    with open_file(archive.file) as opened:
        content = opened.read()
    assert hashlib.sha256(content).hexdigest() == archive.sha256
    lines = [json.loads(line) for line in gzip.decompress(content).splitlines()]
    assert [line["id"] for line in lines] == [entry.pk for entry in gone[:2]]
    assert ModelLogEntry.objects.filter(action=audit.RETENTION, data__what__icontains="перенесён в архив").count() == 2


def test_an_archive_stopped_before_its_entries_went_is_finished(cast: Cast) -> None:
    from portal.accounts.services import audit_archive

    entry = old_entry(cast, 40)
    since = audit_archive._start(audit_archive.Period.of(ago(40).date()))
    until = audit_archive._start(audit_archive.Period.of(ago(39).date()))
    audit_archive._write_archive(ModelLogEntry, since=since, until=until, moment=clock.real_now())
    assert retention.sweep(today=TODAY)["audit_log"] == 1
    assert not ModelLogEntry.objects.filter(pk=entry.pk).exists()
    assert AuditArchive.objects.count() == 1


def test_the_database_keeps_what_is_younger_than_a_year_or_not_archived(cast: Cast) -> None:
    from portal.accounts.services import audit_archive

    fresh, old = old_entry(cast, 5), old_entry(cast, 40)
    since = audit_archive._start(audit_archive.Period.of(ago(5).date()))
    until = audit_archive._start(audit_archive.Period.of(ago(4).date()))
    archive = audit_archive._write_archive(ModelLogEntry, since=since, until=until, moment=clock.real_now())
    for entry in (fresh, old):
        with pytest.raises(DatabaseError, match="only grow"), transaction.atomic():
            entry.delete()
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        AuditArchive.objects.filter(pk=archive.pk).update(since=ago(60))
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        archive.delete()


def test_a_dry_run_changes_nothing(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    letter(ago(37))
    call_command("sweep_retention", "--dry-run")
    assert "1 rows would go" in capsys.readouterr().out
    assert Message.objects.count() == 1
    call_command("sweep_retention")
    assert "1 rows went" in capsys.readouterr().out
    assert Message.objects.count() == 0


# Terms and their days.


@pytest.mark.parametrize(
    ("today", "months", "kept_from"),
    [
        ("2026-11-15", 36, "2023-11-01"),
        ("2026-11-01", 36, "2023-11-01"),
        ("2026-11-30", 36, "2023-11-01"),
        ("2026-01-31", 36, "2023-01-01"),
        ("2028-02-29", 12, "2027-02-01"),
        ("2026-01-15", 1, "2025-12-01"),
        ("2026-12-15", 60, "2021-12-01"),
    ],
)
def test_a_whole_month_is_kept_or_goes(today: str, months: int, kept_from: str) -> None:
    name = "messages" if months >= 36 else "audit_log" if months >= 12 else "drafts"
    RetentionSettings.load()
    RetentionSettings.objects.update(**{name: months})
    term = next(term for term in TERMS if term.name == name)
    assert limit_of(term, today=dt.date.fromisoformat(today)) == dt.date.fromisoformat(kept_from)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_every_term_is_a_setting_with_bounds_and_help(term: RetentionTerm) -> None:
    field = RetentionSettings._meta.get_field(term.name)
    assert field.default > 0
    assert field.help_text
    assert field.validators
    assert re.search("[а-я]", term.title)


def test_the_edge_of_a_term_is_midnight_in_moscow() -> None:
    """What was written in the last minute of the month before goes, what in the first minute stays."""
    first = clock.start_of(limit_of(TERMS[0], today=TODAY))
    gone, kept = letter(first - dt.timedelta(minutes=1)), letter(first)
    retention.sweep(today=TODAY)
    assert list(Message.objects.values_list("pk", flat=True)) == [kept.pk]
    assert gone.pk != kept.pk


def test_another_setting_is_another_term(cast: Cast) -> None:
    letter(ago(37))
    settings = RetentionSettings.load()
    settings.messages = 48
    settings.full_clean()
    settings.save()
    assert retention.due(today=TODAY)["messages"] == 0
    assert retention.sweep(today=TODAY)["messages"] == 0


# What stays all the same.


@pytest.mark.parametrize(("state", "gone"), [("pending", 0), ("succeeded", 1), ("canceled", 1)])
def test_the_answers_about_a_payment_stay_while_it_is_open(cast: Cast, state: str, gone: int) -> None:
    payment = begin(cast.anna, "120.00")
    GatewayEvent.objects.all().delete()
    GatewayEvent.objects.create(gateway="demo", kind=GatewayEventKind.values[0], received_at=ago(62), payment=payment)
    Payment.objects.filter(pk=payment.pk).update(
        state=state,
        paid_at=clock.real_now() if state == "succeeded" else None,
        paid_on=TODAY if state == "succeeded" else None,
    )
    assert retention.sweep(today=TODAY)["gateway_events"] == gone


def test_a_question_with_a_late_answer_stays_whole() -> None:
    asked = question(ago(62))
    SupportMessage.objects.create(question=asked, side=MessageSide.values[0], text="Ещё раз", written_at=ago(3))
    assert retention.sweep(today=TODAY)["questions"] == 0
    assert asked.messages.count() == 2


def test_a_finished_registration_is_no_draft(cast: Cast) -> None:
    draft = RegistrationDraft.objects.create(
        registrar=cast.anna.user, data={}, finished_at=ago(12), account=cast.anna.account
    )
    RegistrationDraft.objects.filter(pk=draft.pk).update(updated_at=ago(12))
    assert retention.due(today=TODAY)["drafts"] == 0


def test_who_has_another_account_or_an_advance_stays(cast: Cast) -> None:
    leave(cast)
    Holder.objects.create(account=cast.boris_second, person=cast.anna.person, since=TODAY)
    assert retention.due(today=TODAY)["people"] == 0, "they hold another account"
    Holder.objects.filter(account=cast.boris_second, person=cast.anna.person).delete()
    assert retention.due(today=TODAY)["people"] == 1
    post_entry(
        NewEntry(
            account_id=cast.anna.account.pk,
            kind=EntryKind.PAYMENT,
            amount=Decimal("-10.00"),
            effective_on=TODAY,
            key="advance",
            source="advance",
        )
    )
    assert retention.due(today=TODAY)["people"] == 0, "the company owes"


# A night's work.


def test_a_night_erases_so_many_chunks_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    monkeypatch.setattr(retention, "CHUNKS_A_NIGHT", 2)
    for _number in range(5):
        letter(ago(37))
    assert retention.sweep(today=TODAY)["messages"] == 4
    assert Message.objects.count() == 1
    assert retention.sweep(today=TODAY)["messages"] == 1
    assert [entry.data["rows"] for entry in ModelLogEntry.objects.filter(action=audit.RETENTION).order_by("pk")] == [
        4,
        1,
    ]


def test_a_chunk_that_breaks_loses_no_chunk_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "CHUNK", 1)
    whole, done = retention.TERMS[0].erase, []

    def breaks_at_the_third(before: dt.date) -> int:
        done.append(before)
        if len(done) == 3:
            raise DatabaseError("disk full")
        return whole(before)

    broken = dataclasses.replace(retention.TERMS[0], erase=breaks_at_the_third)
    monkeypatch.setattr(retention, "TERMS", (broken,))
    for _number in range(4):
        letter(ago(37))
    with pytest.raises(DatabaseError):
        retention.sweep(today=TODAY)
    assert Message.objects.count() == 2


def test_nothing_that_goes_leaves_no_note() -> None:
    retention.sweep(today=TODAY)
    assert not ModelLogEntry.objects.filter(action=audit.RETENTION).exists()


def test_the_timetable_says_what_went() -> None:
    letter(ago(37))
    said = jobs.sweep_retention()
    assert said.split(", ")[0] == "messages 1"
    assert [part.split(" ")[0] for part in said.split(", ")] == [term.name for term in TERMS]
