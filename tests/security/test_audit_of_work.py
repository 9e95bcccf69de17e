"""What staff do with residents' data leaves a trace: searches, exports, logins, refusals, money, rights.

Each test fails when the one place that notes its kind is taken away; the counts show that a flood stays bounded.
"""

import io
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from portal.accounts import audit
from portal.accounts.models import AccessSettings, AuditCounter, User
from portal.accounts.services import refusals
from portal.core import clock
from portal.core.periods import Period
from tests.people import PASSWORD, Cast, make_login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]
PEOPLE = "accounts_person_modeladmin_index"


@pytest.fixture
def chief(client: Client) -> User:
    user = make_login("chief", staff=True)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    client.force_login(user)
    return User.objects.get(pk=user.pk)


def only(action: str) -> ModelLogEntry:
    return ModelLogEntry.objects.get(action=action)


def test_a_search_stands_with_its_words_and_number(cast: Cast, chief: User, client: Client) -> None:
    client.get(reverse(PEOPLE) + "?q=Иванова")
    entry = only(audit.SEARCHED)
    assert entry.user == chief
    assert (entry.data["query"], entry.data["rows"], entry.data["section"]) == ("Иванова", 1, "accounts")


def test_further_pages_and_a_reload_are_the_same_search(cast: Cast, chief: User, client: Client) -> None:
    for page in ("", "&p=1", "&p=2"):
        client.get(reverse(PEOPLE) + f"?q=Иванова{page}")
    assert only(audit.SEARCHED).data["query"] == "Иванова"


@pytest.mark.parametrize("page", ["&p=2", "&p=9"])
def test_a_search_that_begins_with_another_page_is_noted(cast: Cast, chief: User, client: Client, page: str) -> None:
    client.get(reverse(PEOPLE) + f"?q=Иванова{page}")
    assert only(audit.SEARCHED).data["query"] == "Иванова"


def test_a_page_is_written_in_one_way(cast: Cast, chief: User, client: Client) -> None:
    assert client.get(reverse(PEOPLE) + "?q=Иванова&p=01").status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "office_dispatch",
        "office_refunds",
        "office_unknown",
        "office_flagged",
        "office_notice_history",
        "registration_desk",
        "cms_support_questions",
        "cms_complaints_queue",
        "wagtailusers_users:index",
    ],
)
def test_every_list_notes_its_searches(cast: Cast, chief: User, client: Client, address: str) -> None:
    assert client.get(reverse(address) + "?q=Петров").status_code == 200
    assert only(audit.SEARCHED).data["query"] == "Петров"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_stands_with_rows_filter_and_format(cast: Cast, chief: User, client: Client, kind: str) -> None:
    response = client.get(reverse(PEOPLE) + f"?q=Петров&export={kind}")
    assert response.status_code == 200
    entry = only(audit.EXPORTED)
    assert (entry.data["rows"], entry.data["format"], entry.data["filter"]) == (1, kind, "Петров")
    assert entry.data["what"] == "Люди"


@pytest.mark.parametrize(
    "address",
    [
        "office_dispatch",
        "office_outages",
        "office_field",
        "office_flagged",
        "office_replacement",
        "office_notice_history",
        "cms_support_questions",
        "cms_complaints_queue",
    ],
)
def test_every_list_notes_its_exports(cast: Cast, chief: User, client: Client, address: str) -> None:
    assert client.get(reverse(address) + "?export=xlsx").status_code == 200
    assert only(audit.EXPORTED).user == chief


@pytest.mark.parametrize("address", ["office_refunds_export", "office_unknown_export", "office_reconciliation_export"])
def test_exports_with_an_address_of_their_own(cast: Cast, chief: User, client: Client, address: str) -> None:
    response = client.get(reverse(address))
    rows = load_workbook(io.BytesIO(response.content)).active.max_row - 1  # type: ignore[union-attr]  # a sheet
    assert only(audit.EXPORTED).data["rows"] == rows


def test_what_a_resident_takes_of_their_own_is_not_noted(cast: Cast, client: Client) -> None:
    client.force_login(cast.anna.user)
    assert client.get("/personal/readings/history/?export=csv").status_code == 200
    assert not ModelLogEntry.objects.filter(action=audit.EXPORTED).exists()


def test_a_login_and_a_logout(cast: Cast, client: Client) -> None:
    client.post("/accounts/login/", {"login": "anna", "password": PASSWORD})
    client.post("/accounts/logout/")
    assert (only(audit.LOGIN).user, only(audit.LOGOUT).user) == (cast.anna.user, cast.anna.user)
    assert only(audit.LOGIN).data["address"] == "127.0.0.1"


def test_a_failed_login_belongs_to_its_owner_and_an_unknown_one_keeps_no_words(cast: Cast, client: Client) -> None:
    client.post("/accounts/login/", {"login": "anna", "password": "wrong-password"})
    client.post("/accounts/login/", {"login": "my-secret-password", "password": "wrong-password"})
    known, unknown = ModelLogEntry.objects.filter(action=audit.LOGIN_FAILED).order_by("pk")
    assert (known.object_id, known.data["login"]) == (str(cast.anna.user.pk), "anna")
    assert unknown.content_type.model_class() is AuditCounter
    assert "my-secret-password" not in str(unknown.data) + unknown.label


def test_a_flood_of_failed_logins_adds_few_entries(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "KEYS_AN_HOUR", 5)
    now = clock.real_now()
    for number in range(40):
        refusals.login_refused(typed=f"login-{number}", address="203.0.113.5", why="Неверный пароль", moment=now)
    for _again in range(40):
        refusals.login_refused(typed="anna", address="203.0.113.6", why="Неверный пароль", moment=now)
    counted = [entry.data["times"] for entry in ModelLogEntry.objects.filter(action=audit.LOGIN_FAILED).order_by("pk")]
    assert counted == [1, 1, 1, 1, 1, 1, 10]
    assert AuditCounter.objects.count() == 6


@pytest.mark.parametrize("path", ["/admin/office/correction/", "/admin/audit/", "/admin/accounts/person/"])
def test_a_refused_page_of_the_admin(cast: Cast, client: Client, staff: dict[str, User], path: str) -> None:
    client.force_login(staff["editor"])
    for _again in range(3):
        assert client.get(path).status_code in (302, 403)
    entry = only(audit.REFUSED)
    assert (entry.user, entry.data["what"]) == (staff["editor"], f"Нет прав: {path}")


def test_a_resident_at_the_admins_door(cast: Cast, client: Client) -> None:
    client.force_login(cast.anna.user)
    assert client.get("/admin/").status_code == 403
    assert only(audit.REFUSED).user == cast.anna.user


def test_a_correction(cast: Cast, chief: User) -> None:
    from portal.billing.services import correct

    correct(
        account=cast.anna.account,
        amount=Decimal("-120.50"),
        for_period=Period.parse("2026-10"),
        reason="Ошибка",
        document="Акт 1",
        on=clock.today(),
        by=chief,
    )
    entry = only(audit.MONEY)
    assert (entry.object_id, entry.user, entry.data["section"]) == (str(cast.anna.account.pk), chief, "accounts")
    assert "120,50" in entry.data["after"]


def test_a_setting_stands_with_both_values(chief: User, client: Client) -> None:
    settings = AccessSettings.load()
    url = f"/admin/settings/accounts/accesssettings/{settings.pk}/"
    form = client.get(url).context["form"]
    typed = {name: form[name].value() for name in form.fields} | {"staff_idle_minutes": 45}
    assert client.post(url, {key: value for key, value in typed.items() if value is not None}).status_code == 302
    entry = only(audit.SETTINGS)
    assert (entry.data["before"], entry.data["after"]) == ("30", "45")


def test_a_role_given_to_an_employee(cast: Cast, chief: User, client: Client, staff: dict[str, User]) -> None:
    someone = staff["editor"]
    User.objects.filter(pk=someone.pk).update(first_name="Ольга", last_name="Ильина")
    url = reverse("wagtailusers_users:edit", args=[someone.pk])
    form = client.get(url).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    typed["groups"] = [Group.objects.get(name="editor").pk, Group.objects.get(name="accountant").pk]
    assert client.post(url, typed).status_code == 302
    entry = only(audit.SETTINGS)
    assert (entry.data["before"], entry.data["after"]) == ("editor", "accountant, editor")
    assert (entry.object_id, entry.user) == (str(someone.pk), chief)


def test_an_import_and_its_dry_run(cast: Cast, chief: User, client: Client) -> None:
    table = "Лицевой счёт;Номер счётчика;Показание;Дата\n0010001;A-1001;136;2026-11-12\n".encode()
    file = SimpleUploadedFile("readings.csv", table)
    client.post(reverse("office_import", args=["readings"]), {"file": file})
    entry = only(audit.IMPORTED)
    assert (entry.user, entry.data["dry_run"], entry.data["rows"]) == (chief, True, 1)


def test_a_page_entry_can_be_neither_changed_nor_deleted() -> None:
    from django.db import DatabaseError, transaction
    from wagtail.models import Page, PageLogEntry

    page = Page.objects.filter(depth=1).get()
    entry = PageLogEntry.objects.log_action(page, "wagtail.edit")
    with pytest.raises(DatabaseError, match="only grow"), transaction.atomic():
        PageLogEntry.objects.filter(pk=entry.pk).update(action="wagtail.create")
    with pytest.raises(DatabaseError, match="only grow"), transaction.atomic():
        entry.delete()
