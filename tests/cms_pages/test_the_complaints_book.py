"""A complaint from writing to a published answer: nothing personal reaches the public, nobody answers over another."""

import datetime as dt
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from wagtail.models import Revision, TaskState

from cms_pages.complaints import services
from cms_pages.complaints.calculation import due_day, personal_data
from cms_pages.complaints.enums import ComplaintKind, ComplaintState
from cms_pages.complaints.exceptions import ComplaintChanged, OwnAnswer, PersonalDataLeft
from cms_pages.complaints.models import Complaint, ComplaintPage, ComplaintRules
from cms_pages.complaints.selectors import statistics
from portal.accounts.models import User
from portal.core import clock
from portal.core.clock import MOSCOW
from portal.core.formatting import date_text
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.models import RateLimits
from portal.core.rate_limits.services import Sender
from portal.notifications.models import Message
from portal.service_requests.support import services as support
from tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]
NOW = dt.datetime(2026, 11, 12, 9, 0, tzinfo=MOSCOW)
TEXT = "Вода мутная второй день, звоните +7 916 123-45-67, Речная, кв. 17, <script>alert(1)</script>"


@pytest.fixture
def reviewer() -> User:
    return _reviewer("rita")


def _reviewer(name: str) -> User:
    user = people.make_login(name, staff=True)
    user.user_permissions.add(
        Permission.objects.get(codename="review_complaints"), Permission.objects.get(codename="access_admin")
    )
    return User.objects.get(pk=user.pk)


def _written(cast: people.Cast, **changes: object) -> Complaint:
    given = {
        "form_token": uuid.uuid4(),
        "author": cast.anna.user,
        "account": cast.anna.account,
        "kind": ComplaintKind.QUALITY,
        "subject": "Мутная вода",
        "text": TEXT,
        "may_publish": True,
        "now": NOW,
    }
    return services.write(**(given | changes))


def _wording(text: str = "Вода мутная второй день.") -> services.PublicWording:
    return services.PublicWording(subject="Мутная вода", text=text, author_name="Анна И.")


def test_a_written_entry_is_an_unpublished_page_that_holds_nothing_personal(cast: people.Cast) -> None:
    complaint = _written(cast)
    page = ComplaintPage.objects.get(pk=complaint.page_id)
    assert not page.live
    content = str(Revision.objects.for_instance(page).get().content)
    assert not [word for word in ("+7916", "Иванова", "мутная") if word in content]
    assert TaskState.objects.filter(status="in_progress").count() == 1


def test_the_acknowledgement_is_not_called_an_answer_and_names_the_day(cast: people.Cast) -> None:
    complaint = _written(cast)
    messages = Message.objects.all()
    assert {message.channel for message in messages} == {"inbox", "email"}
    for message in messages:
        assert message.subject.startswith("Получили жалобу №")
        assert f"Ответим до {date_text(complaint.due_on)}" in message.body


def test_complaint_and_question_of_one_number_are_told_apart(cast: people.Cast, client: Client) -> None:
    """Both are numbered from 1; a word of its own says which it is, in the cabinet and in the letter."""
    complaint = _written(cast)
    question = support.ask(
        form_token=uuid.uuid4(),
        name="Анна",
        email="anna@mail.example",
        account_number="",
        text="Когда?",
        now=clock.now(),
        user=cast.anna.user,
    )
    subjects = set(Message.objects.filter(channel="inbox").values_list("subject", flat=True))
    assert subjects == {f"Получили жалобу № {complaint.pk}", f"Получили вопрос № {question.pk}"}
    client.force_login(cast.anna.user)
    complaints = client.get("/personal/complaints/").content.decode()
    questions = client.get("/personal/support/").content.decode()
    assert f"Жалоба № {complaint.pk}," in complaints
    assert f"Вопрос № {question.pk}," in questions


def test_publication_is_asked_for_and_not_ticked_beforehand(cast: people.Cast, client: Client) -> None:
    client.force_login(cast.anna.user)
    form = client.get("/personal/complaints/new/").content.decode()
    box = form.split('name="may_publish"')[1].split(">")[0]
    assert "checked" not in box


def test_the_same_key_twice_is_one_entry(cast: people.Cast) -> None:
    form_token = uuid.uuid4()
    assert _written(cast, form_token=form_token) == _written(cast, form_token=form_token)
    assert Complaint.objects.count() == 1


def test_an_answer_is_published_without_surname_and_with_escaped_marks(
    cast: people.Cast, reviewer: User, client: Client
) -> None:
    complaint = _written(cast)
    wording = _wording("Вода мутная второй день. <script>alert(1)</script>")
    services.answer_publicly(
        complaint=complaint,
        actor=reviewer,
        version=1,
        wording=wording,
        answer="Промыли. <img onerror=alert(1)>",
        signature="Орлова",
        now=NOW,
    )
    html = client.get(f"/complaints/{complaint.pk}/").content.decode()
    assert "Анна И." in html
    assert not [word for word in ("Иванова", "916", "<script>alert", "<img onerror") if word in html]
    assert Complaint.objects.get(pk=complaint.pk).state == ComplaintState.ANSWERED
    assert client.get("/complaints/?q=мутную воду").content.decode().count("Мутная вода") >= 1


def test_personal_data_in_the_wording_stops_the_publication(cast: people.Cast, reviewer: User) -> None:
    complaint = _written(cast)
    with pytest.raises(PersonalDataLeft) as refusal:
        services.answer_publicly(
            complaint=complaint,
            actor=reviewer,
            version=1,
            wording=_wording(TEXT),
            answer="Промыли.",
            signature="",
            now=NOW,
        )
    assert "кв. 17" in refusal.value.matches
    assert Complaint.objects.get(pk=complaint.pk).state == ComplaintState.NEW


def test_a_surname_beside_the_first_name_stops_the_publication(cast: people.Cast, reviewer: User) -> None:
    wording = services.PublicWording(subject="Мутная вода", text="Мутная.", author_name="Анна Иванова")
    with pytest.raises(PersonalDataLeft) as refusal:
        services.answer_publicly(
            complaint=_written(cast),
            actor=reviewer,
            version=1,
            wording=wording,
            answer="Промыли.",
            signature="",
            now=NOW,
        )
    assert refusal.value.matches == ("Иванова",)


def test_the_second_reviewer_is_told_that_the_first_was_faster(cast: people.Cast, reviewer: User) -> None:
    complaint = _written(cast)
    services.close_privately(complaint=complaint, actor=reviewer, version=1, answer="Промыли.", now=NOW)
    with pytest.raises(ComplaintChanged) as refusal:
        services.reject(complaint=complaint, actor=_reviewer("rosa"), version=1, reason="Не о нас", now=NOW)
    assert refusal.value.by == "rita"


def test_with_two_pairs_of_eyes_nobody_publishes_their_own_answer(cast: people.Cast, reviewer: User) -> None:
    rules = ComplaintRules.load()
    rules.second_pair_of_eyes = True
    rules.save()
    complaint = _written(cast)
    proposed = services.answer_publicly(
        complaint=complaint, actor=reviewer, version=1, wording=_wording(), answer="Промыли.", signature="", now=NOW
    )
    with pytest.raises(OwnAnswer):
        services.approve(complaint=proposed, actor=reviewer, version=proposed.version, now=NOW)
    services.approve(complaint=proposed, actor=_reviewer("rosa"), version=proposed.version, now=NOW)
    assert ComplaintPage.objects.get(pk=complaint.page_id).live


def test_an_entry_shown_before_its_answer_still_waits_for_it(cast: people.Cast, reviewer: User) -> None:
    complaint = _written(cast)
    shown = services.show_before_answer(
        complaint=complaint, actor=reviewer, version=1, wording=_wording(), plan="Осмотрим 14 ноября", now=NOW
    )
    assert ComplaintPage.objects.get(pk=complaint.page_id).live
    assert shown.state == ComplaintState.WORKING
    assert TaskState.objects.filter(status="in_progress").count() == 1


def test_too_many_entries_in_an_hour_are_refused_with_the_time(cast: people.Cast) -> None:
    RateLimits.load()
    RateLimits.objects.update(complaint_login_hour=2)
    sender = Sender(login=str(cast.anna.user.pk))
    _written(cast, sender=sender)
    _written(cast, sender=sender)
    with pytest.raises(RateLimited) as refusal:
        _written(cast, sender=sender)
    assert refusal.value.wait <= dt.timedelta(hours=1)


def test_the_term_counts_working_days_for_quality_and_calendar_days_for_the_rest() -> None:
    friday = dt.date(2026, 11, 13)
    days = {"quality_days": 3, "other_days": 30, "transferred": {}}
    assert due_day(friday, quality=True, **days) == dt.date(2026, 11, 18)
    assert due_day(friday, quality=False, **days) == dt.date(2026, 12, 13)


def test_hints_find_phones_mail_accounts_and_flats() -> None:
    kinds = [hint.kind for hint in personal_data("Звоните 8 916 123 45 67, a@b.ru, счёт 0010001, кв. 5")]
    assert kinds == ["phone", "email", "account", "flat"]


def test_the_resident_writes_and_follows_and_a_stranger_sees_nothing(cast: people.Cast, client: Client) -> None:
    client.force_login(cast.anna.user)
    sent = client.post(
        "/personal/complaints/new/",
        {"kind": "suggestion", "subject": "Вечерний приём", "text": "Работайте до восьми.", "form_token": uuid.uuid4()},
    )
    complaint = Complaint.objects.get()
    assert sent.status_code == 302
    address = f"/personal/complaints/{complaint.pk}/"
    assert "Вечерний приём" in client.get(address).content.decode()
    assert "Вечерний приём" in client.get("/personal/complaints/").content.decode()
    client.force_login(cast.stranger.user)
    assert client.get(address).status_code == 404
    assert client.post(address + "rate/", {"helped": "yes"}).status_code == 404


def test_only_reviewers_open_the_queue_and_an_entry(cast: people.Cast, reviewer: User, client: Client) -> None:
    complaint = _written(cast)
    client.force_login(reviewer)
    html = client.get(f"/admin/complaints/{complaint.pk}/").content.decode()
    assert "Иванова" in html
    assert "<script>alert(1)" not in html
    assert client.get("/admin/complaints/").status_code == 200
    assert client.get("/admin/complaints/statistics/").status_code == 200
    client.force_login(cast.stranger.user)
    assert client.get(f"/admin/complaints/{complaint.pk}/").status_code in (302, 403)


def test_two_hundred_entries_in_a_minute_are_stopped_in_words_and_the_text_stays(
    cast: people.Cast, client: Client
) -> None:
    client.force_login(cast.anna.user)
    answers = [
        client.post(
            "/personal/complaints/new/",
            {"kind": "complaint", "subject": f"Люк {number}", "text": "Гремит по ночам.", "form_token": uuid.uuid4()},
        )
        for number in range(200)
    ]
    limit = RateLimits.load().complaint_login_hour
    assert [answer.status_code for answer in answers] == [302] * limit + [429] * (200 - limit)
    html = answers[-1].content.decode()
    assert "Вы отправили 20 обращений за час" in html
    assert "Люк 199" in html
    assert Complaint.objects.count() == limit


def test_the_second_reviewer_is_told_on_the_screen_and_loses_no_word(
    cast: people.Cast, reviewer: User, client: Client
) -> None:
    complaint = _written(cast)
    services.close_privately(complaint=complaint, actor=_reviewer("rosa"), version=1, answer="Промыли.", now=NOW)
    client.force_login(reviewer)
    form = {"version": 1, "action": "publish", "subject": "Вода", "public_text": "Мутная.", "answer": "Мой ответ"}
    html = client.post(f"/admin/complaints/{complaint.pk}/", form).content.decode()
    assert "rosa" in html
    assert "Мой ответ" in html
    assert Complaint.objects.get().answer == "Промыли."


def test_the_years_figures_count_what_was_answered_in_time(cast: people.Cast, reviewer: User, client: Client) -> None:
    in_time, late = _written(cast), _written(cast)
    services.close_privately(complaint=in_time, actor=reviewer, version=1, answer="Промыли.", now=NOW)
    month = NOW + dt.timedelta(days=30)
    services.close_privately(complaint=late, actor=reviewer, version=1, answer="Промыли.", now=month)
    (row,) = statistics(2026)
    assert (row.received, row.answered, row.in_time, row.percent) == (2, 2, 1, 50)
    client.force_login(reviewer)
    assert "50" in client.get("/admin/complaints/statistics/?year=2026&export=csv").content.decode("utf-8-sig")


def test_an_editor_locks_no_entry_of_the_book(cast: people.Cast, reviewer: User) -> None:
    from django.contrib.auth.models import Group

    from portal.operations import roles

    roles.setup()
    editor = people.make_login("editor", staff=True)
    editor.groups.add(Group.objects.get(name="editor"))
    entry = ComplaintPage.objects.get(pk=_written(cast).page_id)
    assert entry.get_parent().permissions_for_user(editor).can_lock()
    rights = entry.permissions_for_user(editor)
    assert not rights.can_lock()
    assert not rights.can_unlock()
