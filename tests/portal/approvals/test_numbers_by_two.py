"""A number waits for a second person, has no effect until then, and both are told."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.test import Client

from portal.accounts.models import User
from portal.approvals.exceptions import ApprovalRefused
from portal.approvals.models import ApprovalSettings, MoneyOperation, NumberRequest
from portal.approvals.services import approve, reject
from portal.billing.enums import NumberAction, NumberKind
from portal.billing.exceptions import NumberStands
from portal.billing.loading.rate_book import load_rate_book
from portal.billing.models import Norm
from portal.billing.number_types import NumberChange
from portal.billing.services import apply_change, submit_change, submit_correction
from portal.core import clock
from portal.core.periods import Period
from portal.notifications.models import Message
from portal.operations import roles
from tests.company import put_numbers
from tests.people import Cast, make_employee

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 2, 20, 12, tzinfo=clock.MOSCOW)
TODAY = NOW.date()
MARCH = dt.date(2026, 3, 1)


def _staff(name: str, role: str = "accountant") -> User:
    roles.setup()
    return make_employee(role, name)


@pytest.fixture
def first(db: None) -> User:
    return _staff("first")


@pytest.fixture
def second(db: None) -> User:
    return _staff("second")


def _norm(value: str = "5", since: dt.date = MARCH) -> NumberChange:
    values = {"service": "cold_water", "valid_from": since, "value": Decimal(value), "source": "Распоряжение № 7"}
    return NumberChange(kind=NumberKind.NORM, action=NumberAction.ADD, values=values)


def _asked(by: User, change: NumberChange | None = None) -> NumberRequest:
    made = submit_change(change or _norm(), by=by, today=TODAY, now=NOW)
    assert isinstance(made, NumberRequest)
    return made


def _logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_norm_waits_counts_for_nothing_and_counts_when_another_approves(first: User, second: User) -> None:
    put_numbers()
    before = load_rate_book()
    waiting = _asked(first)
    assert waiting.title.replace("\xa0", " ") == "Норматив: Холодное водоснабжение, с 1 марта 2026, 5"
    assert _asked(first).pk == waiting.pk, "the same form twice is one request"
    assert load_rate_book() == before
    with pytest.raises(ApprovalRefused, match="same_person"):
        approve(NumberRequest, pk=waiting.pk, by=first, now=NOW)
    approve(NumberRequest, pk=waiting.pk, by=second, now=NOW)
    norm = Norm.objects.active().get(valid_from=MARCH)
    assert (norm.entered_by, norm.approved_by) == (first, second)
    with pytest.raises(ApprovalRefused, match="state"):
        approve(NumberRequest, pk=waiting.pk, by=second, now=NOW)
    assert "second" in Message.objects.get(user=first, event=f"number:{waiting.pk}:decided", channel="inbox").body
    asked = Message.objects.filter(user=second, event=f"number:{waiting.pk}:waits", channel="inbox").get()
    assert asked.read_at is not None, "what was decided waits for nobody"
    assert not Message.objects.filter(user=first, event=f"number:{waiting.pk}:waits").exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        NumberRequest.objects.filter(pk=waiting.pk).update(decided_by=first)


def test_a_change_and_a_withdrawal_wait_too(first: User, second: User) -> None:
    put_numbers()
    norm = apply_change(_norm(), by=None, today=TODAY)
    changed = NumberChange(
        kind=NumberKind.NORM,
        action=NumberAction.CHANGE,
        number_id=norm.pk,
        values=dict(_norm("6").values),
        reason="Опечатка",
    )
    waiting = _asked(first, changed)
    assert "заменить на" in waiting.title
    assert Norm.objects.active().get(valid_from=MARCH).value == 5
    remark = NumberChange(
        kind=NumberKind.NORM,
        action=NumberAction.CHANGE,
        number_id=norm.pk,
        values=dict(_norm("5").values) | {"source": "Распоряжение № 8"},
        reason="Номер",
    )
    assert isinstance(submit_change(remark, by=first, today=TODAY, now=NOW), Norm), "a remark waits for nobody"
    approve(NumberRequest, pk=waiting.pk, by=second, now=NOW)
    assert Norm.objects.active().get(valid_from=MARCH).value == 6
    gone = Norm.objects.active().get(valid_from=MARCH)
    withdrawn = NumberChange(
        kind=NumberKind.NORM, action=NumberAction.WITHDRAW, number_id=gone.pk, reason="Решение отменили"
    )
    approve(NumberRequest, pk=_asked(first, withdrawn).pk, by=second, now=NOW)
    assert not Norm.objects.active().filter(valid_from=MARCH).exists()


def test_what_no_longer_fits_is_not_approved(first: User, second: User) -> None:
    put_numbers()
    waiting = _asked(first)
    apply_change(_norm("6"), by=None, today=TODAY)
    with pytest.raises(NumberStands):
        approve(NumberRequest, pk=waiting.pk, by=second, now=NOW)
    waiting.refresh_from_db()
    assert waiting.state == "waiting"
    page = f"/admin/office/number-requests/{waiting.pk}/"
    shown = _logged_in(second).post(page, {"approve": "1"}).content.decode()
    assert "С этого дня уже есть другое число" in shown
    reject(NumberRequest, pk=waiting.pk, by=second, answer="Уже есть другой", now=NOW)
    assert "Уже есть другой" in Message.objects.get(user=first, event__endswith=":decided", channel="inbox").body


def test_the_screens_of_both(first: User, second: User) -> None:
    put_numbers()
    author, approver = _logged_in(first), _logged_in(second)
    written = {"service": "cold_water", "valid_from": "2027-03-01", "value": "24,331", "source": "Распоряжение № 7"}
    html = author.post("/admin/office/number/norm/", written).content.decode()
    token = html.split('name="preview_token" value="')[1].split('"')[0]
    notified = author.post(
        "/admin/office/number/norm/", {**written, "preview_token": token, "confirmed": "1"}, follow=True
    )
    assert "Начнёт действовать, когда утвердит другой сотрудник: second" in notified.content.decode()
    assert "Ждут второго сотрудника и пока не действуют" in notified.content.decode()
    waiting = NumberRequest.objects.get()
    page = f"/admin/office/number-requests/{waiting.pk}/"
    words = "Числа ждут вашего утверждения"
    assert words in approver.get("/admin/").content.decode()
    assert words not in author.get("/admin/").content.decode()
    own = author.get(page).content.decode()
    assert 'name="approve"' not in own
    assert "second" in own
    token = approver.get(page).content.decode()
    assert "в 5,6 раза больше действующего 4,331" in token
    assert "поставьте отметку" in approver.post(page, {"approve": "1"}).content.decode()
    author.post(page, {"approve": "1", "confirmed": "1"})
    waiting.refresh_from_db()
    assert waiting.state == "waiting"
    approver.post(page, {"reject": "1", "answer": " "})
    waiting.refresh_from_db()
    assert waiting.state == "waiting"
    approver.post(page, {"approve": "1", "confirmed": "1"})
    assert Norm.objects.active().filter(valid_from=dt.date(2027, 3, 1)).exists()
    assert waiting.title in approver.get("/admin/approvals/numberrequest/").content.decode()


def test_who_entered_it_takes_it_back(first: User) -> None:
    put_numbers()
    waiting = _asked(first)
    _logged_in(first).post(f"/admin/office/number-requests/{waiting.pk}/", {"reject": "1", "answer": "Ошиблась"})
    waiting.refresh_from_db()
    assert waiting.state == "rejected"


def test_others_are_turned_away(cast: Cast, first: User) -> None:
    put_numbers()
    waiting = _asked(first)
    page = f"/admin/office/number-requests/{waiting.pk}/"
    for user in (_staff("editor", "editor"), cast.anna.user, cast.stranger.user):
        assert _logged_in(user).get(page).status_code in (302, 403)
        assert _logged_in(user).post(page, {"approve": "1"}).status_code in (302, 403)
    waiting.refresh_from_db()
    assert waiting.state == "waiting"
    _logged_in(_staff("manager", "manager")).post(page, {"approve": "1"})
    waiting.refresh_from_db()
    assert waiting.state == "approved", "the manager may be the second person"


def test_the_switches_are_the_superusers_alone(first: User) -> None:
    put_numbers()
    assert not Permission.objects.filter(codename="change_approvalsettings", group__isnull=False).exists()
    rules = ApprovalSettings.load()
    defaults = [rules.needs_two(rule) for rule in ("tariff", "norm", "coefficient", "key_rate", "vat", "calendar")]
    assert defaults == [True, True, False, False, False, False]
    rules.two_people_norms = False
    rules.save()
    assert isinstance(submit_change(_norm(), by=first, today=TODAY, now=NOW), Norm)


def test_corrections_above_the_sum_wait_unless_the_rule_is_off(cast: Cast, first: User) -> None:
    def corrected(key: str) -> MoneyOperation:
        return submit_correction(
            account=cast.anna.account,
            amount=Decimal(-9000),
            for_period=Period(2026, 1),
            reason="Списать",
            document="Записка",
            by=first,
            key=key,
            now=NOW,
        )

    assert corrected("1").state == "waiting"
    rules = ApprovalSettings.load()
    rules.two_people_corrections = False
    rules.save()
    assert corrected("2").state == "alone"
