"""Whatever staff open of a resident's data stands in the audit: whose it is and which part. Lists record nothing."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from cms_pages.bootstrap import ensure_pages
from cms_pages.complaints import services as complaints
from cms_pages.complaints.enums import ComplaintKind
from portal.accounts import audit
from portal.accounts.models import User
from portal.core.models import PrivateFile
from portal.payments.models import Payment
from portal.service_requests.dispatch import services as dispatch
from portal.service_requests.dispatch.enums import RequestKind
from portal.service_requests.support import services as support
from tests.people import Cast, make_login
from tests.portal.service_requests.samples import NOW, applied, slots

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Opened:
    """An address, whose data stand there, and what the audit calls it."""

    url: str
    whose: Model
    what: str


def _listed(cast: Cast, record: Model, action: str) -> str:
    name = f"{record._meta.app_label}_{record._meta.model_name}_modeladmin_{action}"
    return reverse(name, args=[record.pk])


def account_card(cast: Cast) -> Opened:
    return Opened(reverse("office_account", args=[cast.anna.account.pk]), cast.anna.account, "Карточка счёта")


def person_card(cast: Cast) -> Opened:
    url = reverse("registration_person", args=[cast.anna.person.pk])
    return Opened(url, cast.anna.person, "Карточка человека")


def holders(cast: Cast) -> Opened:
    return Opened(reverse("registration_account", args=[cast.anna.account.pk]), cast.anna.account, "Абоненты счёта")


def person_in_the_list(cast: Cast) -> Opened:
    return Opened(_listed(cast, cast.anna.person, "inspect"), cast.anna.person, "Запись")


def person_in_the_form(cast: Cast) -> Opened:
    return Opened(_listed(cast, cast.anna.person, "edit"), cast.anna.person, "Запись")


def meter_in_the_list(cast: Cast) -> Opened:
    return Opened(_listed(cast, cast.anna.account.meters.first(), "inspect"), cast.anna.account, "Запись")


def readings(cast: Cast) -> Opened:
    return Opened(reverse("office_readings") + f"?account={cast.anna.account.pk}", cast.anna.account, "Показания")


def _payment(cast: Cast) -> Payment:
    return Payment.objects.create(
        account=cast.anna.account,
        amount=Decimal("700.14"),
        channel="office",
        state="succeeded",
        key="one",
        paid_on=NOW.date(),
        paid_at=NOW,
        created_at=NOW,
    )


def payment(cast: Cast) -> Opened:
    made = _payment(cast)
    return Opened(reverse("office_payment", args=[made.pk]), cast.anna.account, f"Платёж № {made.pk}")


def refund(cast: Cast) -> Opened:
    return Opened(reverse("office_refund_new", args=[_payment(cast).pk]), cast.anna.account, "Возврат")


def dispatch_request(cast: Cast) -> Opened:
    made = dispatch.take_request(
        key="k",
        kind=RequestKind.NO_WATER,
        place=dispatch.place_of(cast.anna.account),
        text="Нет воды",
        phone="89161234567",
        moment=NOW,
        author=cast.anna.user,
    )
    return Opened(reverse("office_dispatch_request", args=[made.pk]), cast.anna.account, f"АДС № {made.number}")


def call_from_the_street(cast: Cast) -> Opened:
    made = dispatch.take_request(
        key="k",
        kind=RequestKind.LEAK_STREET,
        place=dispatch.RequestPlace(address="Речная, у дома 4"),
        text="Течёт",
        phone="89161234567",
        moment=NOW,
        author=cast.anna.user,
    )
    return Opened(reverse("office_dispatch_request", args=[made.pk]), made, f"АДС № {made.number}")


def commissioning(cast: Cast) -> Opened:
    slots()
    made = applied(cast)
    url = reverse("office_field_application", args=[made.pk])
    return Opened(url, cast.boris.account, f"Заявка на ввод счётчика № {made.number}")


def complaint(cast: Cast) -> Opened:
    ensure_pages()
    made = complaints.write(
        form_token=uuid.uuid4(),
        author=cast.anna.user,
        account=cast.anna.account,
        kind=ComplaintKind.COMPLAINT,
        subject="Люк",
        text="Люк гремит по ночам.",
        may_publish=True,
        now=NOW,
    )
    return Opened(reverse("cms_complaint_review", args=[made.pk]), cast.anna.account, "книги жалоб")


def support_question(cast: Cast) -> Opened:
    made = support.ask(
        form_token=uuid.uuid4(),
        name="Анна",
        email="anna@mail.example",
        account_number="0010001",
        text="Почему?",
        now=NOW,
        user=cast.anna.user,
    )
    return Opened(reverse("cms_support_question", args=[made.pk]), cast.anna.user, "Вопрос в поддержку")


SCREENS: tuple[Callable[[Cast], Opened], ...] = (
    account_card,
    person_card,
    holders,
    person_in_the_list,
    person_in_the_form,
    meter_in_the_list,
    readings,
    payment,
    refund,
    dispatch_request,
    call_from_the_street,
    commissioning,
    complaint,
    support_question,
)


@pytest.fixture
def admin(client: Client) -> User:
    user = make_login("admin", staff=True)
    user.is_superuser = True
    user.save()
    client.force_login(user)
    return user


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_opening_is_recorded(
    screen: Callable[[Cast], Opened], cast: Cast, admin: User, client: Client, business_date: object
) -> None:
    business_date("2026-11-13")  # type: ignore[operator]
    opened = screen(cast)
    assert not ModelLogEntry.objects.filter(action=audit.SAW).exists()
    assert client.get(opened.url).status_code == 200
    entry = ModelLogEntry.objects.get(action=audit.SAW)
    assert (entry.object_id, entry.content_type.model_class()) == (str(opened.whose.pk), type(opened.whose))  # type: ignore[union-attr]
    assert entry.user == admin
    assert opened.what in entry.data["what"]


def test_what_a_recalculation_would_book_is_recorded_as_seen(
    cast: Cast, admin: User, client: Client, business_date: object
) -> None:
    business_date("2026-11-13")  # type: ignore[operator]
    client.post(reverse("office_recalculation"), {"account": cast.anna.account.number, "months": "2"})
    entry = ModelLogEntry.objects.get(action=audit.SAW)
    assert (entry.object_id, entry.data["what"]) == (str(cast.anna.account.pk), "Перерасчёт: просмотр")


def test_a_list_alone_records_nothing(cast: Cast, admin: User, client: Client) -> None:
    for name in ("accounts_account_modeladmin_index", "accounts_person_modeladmin_index", "office_dispatch"):
        assert client.get(reverse(name)).status_code == 200
    assert not ModelLogEntry.objects.filter(action=audit.SAW).exists()


def test_a_field_changed_in_a_list_stands_with_both_values(cast: Cast, admin: User, client: Client) -> None:
    person = cast.anna.person
    url = _listed(cast, person, "edit")
    form = client.get(url).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {"phone": "+79161234567"}
    assert client.post(url, typed).status_code == 302
    entry = ModelLogEntry.objects.get(action=audit.CHANGED)
    assert entry.object_id == str(person.pk)
    assert (entry.data["before"], entry.data["after"]) == ("", "+79161234567")


def test_a_file_that_staff_open_is_recorded_and_a_residents_own_is_not(cast: Cast) -> None:
    applied(cast)
    scan = PrivateFile.objects.get()
    engineer = make_login("chief-engineer", staff=True)
    User.objects.filter(pk=engineer.pk).update(is_superuser=True)
    for user, noted in ((cast.boris.user, 0), (engineer, 1)):
        client = Client()
        client.force_login(user)
        assert b"".join(client.get(f"/files/{scan.pk}/").streaming_content)  # type: ignore[attr-defined]  # a file
        assert ModelLogEntry.objects.filter(action=audit.SAW, object_id=str(scan.pk)).count() == noted
