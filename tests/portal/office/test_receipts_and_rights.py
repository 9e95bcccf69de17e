"""Receipts in the office, and what Wagtail's own forms of roles, logins and settings leave in the audit."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, ModelLogEntry, Page

from portal.accounts import audit
from portal.accounts.enums import ReceiptDelivery
from portal.accounts.models import AccessSettings, Account, Holder, User
from portal.billing.services import Executor, close_period
from portal.core.files.exceptions import FileRefused
from portal.core.periods import Period
from portal.office.audit.changes import WatchedRecords, state_of
from portal.office.receipts import views
from portal.receipts.exceptions import CannotIssue
from portal.receipts.issuing import issue_receipts
from portal.receipts.models import PrintRun, Receipt
from portal.receipts.print_run import start_print_run
from tests.answers import messages_of, text_of
from tests.company import put_company
from tests.conftest import SetDate
from tests.people import Cast, Clerk, make_login

OCTOBER = Period(2026, 10)


def noted() -> list[tuple[str, str, str]]:
    """What, before and after of each change of a setting, oldest first."""
    entries = ModelLogEntry.objects.filter(action=audit.SETTINGS).order_by("pk")
    return [(entry.data["what"], entry.data.get("before", ""), entry.data.get("after", "")) for entry in entries]


# Receipts.


@pytest.fixture
def receipt(cast: Cast, numbers: None, business_date: SetDate, clerk: Clerk) -> Receipt:
    """Anna's receipt for October, issued without a file."""
    business_date("2026-11-15")
    put_company()
    close_period(period=OCTOBER, closing_day=dt.date(2026, 10, 21), executor=Executor.INLINE)
    issue_receipts(
        period=OCTOBER, issued_on=dt.date(2026, 10, 24), executor=Executor.INLINE, with_files=False, notify=False
    )
    clerk("receipts.view_receipt", "receipts.view_printrun", "office.close_month", "office.view_account_card")
    return Receipt.objects.get(account=cast.anna.account)


def test_a_receipt_is_opened_as_a_file_and_noted(receipt: Receipt, client: Client) -> None:
    url = reverse("office_receipt", args=[receipt.pk])
    first = client.get(url)["Location"]
    assert client.get(url)["Location"] == first, "the file is made once"
    assert b"".join(client.get(first).streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    printed = ModelLogEntry.objects.filter(action=audit.PRINTED)
    assert [entry.data["what"] for entry in printed] == [f"Квитанция {receipt.number}"] * 2
    assert client.get(reverse("office_receipt", args=[receipt.pk + 99])).status_code == 404


@pytest.mark.parametrize("refusal", [CannotIssue("no_payer"), FileRefused("no_space")])
def test_a_receipt_that_cannot_be_made_says_so(
    receipt: Receipt, client: Client, monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    def refused(**_arguments: Any) -> None:
        raise refusal

    monkeypatch.setattr(views, "ensure_receipt_pdf", refused)
    answer = client.get(reverse("office_receipt", args=[receipt.pk]))
    assert answer["Location"] == reverse("office_account", args=[receipt.account_id])
    assert "закрыти" in messages_of(answer)[0]
    assert not ModelLogEntry.objects.filter(action=audit.PRINTED).exists()


def test_a_receipt_is_issued_anew_with_a_reason_only(receipt: Receipt, client: Client) -> None:
    url = reverse("office_replace_receipt", args=[receipt.pk])
    assert f"{receipt.to_pay:.2f}".replace(".", ",") in text_of(client.get(url)).replace(" ", "")
    answer = client.post(url, {"reason": " "})
    assert list(answer.context["form"].errors) == ["reason"]
    assert Receipt.objects.filter(account=receipt.account).count() == 1
    Holder.objects.filter(account=receipt.account).delete()
    answer = client.post(url, {"reason": "Уточнили площадь"})
    assert answer.context["form"].non_field_errors(), "there is nobody to pay"
    assert answer.context["form"]["reason"].value() == "Уточнили площадь"
    assert Receipt.objects.filter(account=receipt.account).count() == 1


def test_the_list_leads_from_the_annulled_to_the_valid_receipt(receipt: Receipt, client: Client) -> None:
    client.post(reverse("office_replace_receipt", args=[receipt.pk]), {"reason": "Уточнили площадь"})
    fresh = Receipt.objects.get(replaces=receipt)
    old, new = (
        text_of(client.get(reverse("receipts_receipt_modeladmin_inspect", args=[row.pk]))) for row in (receipt, fresh)
    )
    assert reverse("receipts_receipt_modeladmin_inspect", args=[fresh.pk]) in old
    assert reverse("receipts_receipt_modeladmin_inspect", args=[receipt.pk]) in new
    assert reverse("office_replace_receipt", args=[fresh.pk]) in new
    assert reverse("office_replace_receipt", args=[receipt.pk]) not in old


def test_a_print_run_names_the_accounts_without_an_address(receipt: Receipt, client: Client) -> None:
    Account.objects.update(delivery=ReceiptDelivery.PAPER)
    run = start_print_run(period=OCTOBER, executor=Executor.INLINE)
    PrintRun.objects.filter(pk=run.pk).update(without_address=[receipt.account.number, "7777777"])
    page = text_of(client.get(reverse("receipts_printrun_modeladmin_inspect", args=[run.pk])))
    assert reverse("office_account", args=[receipt.account_id]) in page
    assert "7777777" not in page, "the account is gone"
    listed = text_of(client.get(reverse("receipts_printrun_modeladmin_index")))
    assert ("PDF</a>" in listed) is (PrintRun.objects.get().file is not None)


def test_others_open_and_replace_none(receipt: Receipt, clerk: Clerk, client: Client) -> None:
    clerk("office.watch_month", username="watcher")
    for name in ("office_receipt", "office_replace_receipt"):
        assert client.get(reverse(name, args=[receipt.pk]))["Location"] == reverse("wagtailadmin_home")


# The audit of Wagtail's own forms.


@pytest.fixture
def chief(cast: Cast, client: Client) -> User:
    """The superuser at work."""
    user = make_login("chief", staff=True)
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    user.refresh_from_db()
    client.force_login(user)
    return user


def typed_of(form: Any, **changes: Any) -> dict[str, Any]:
    """The values of a form as a browser sends them, with changes."""
    values = {form.add_prefix(name): form[name].value() for name in form.fields}
    return {name: value for name, value in (values | changes).items() if value not in (None, False, "")}


def test_a_new_password_is_noted_without_itself(chief: User, cast: Cast, client: Client) -> None:
    url = reverse("wagtailusers_users:edit", args=[cast.anna.user.pk])
    form = client.get(url).context["form"]
    secret = "a-quiet-river-flows"
    changes = {"password1": secret, "password2": secret, "first_name": "Анна", "last_name": "Иванова"}
    assert client.post(url, typed_of(form, **changes)).status_code == 302
    assert ("", "задан новый") in {(before, after) for _what, before, after in noted()}
    assert secret not in str(list(ModelLogEntry.objects.values_list("data", flat=True)))
    assert "pbkdf2" not in str(noted())


def test_a_login_that_is_new_and_one_that_is_gone(chief: User, cast: Cast, client: Client) -> None:
    secret = "a-quiet-river-flows"
    typed = {
        "username": "petrova",
        "email": "petrova@mail.example",
        "first_name": "Ольга",
        "last_name": "Петрова",
        "password1": secret,
        "password2": secret,
    }
    assert client.post(reverse("wagtailusers_users:add"), typed).status_code == 302
    assert ("", "petrova") in {(before, after) for _what, before, after in noted()}
    user = User.objects.get(username="petrova")
    client.post(reverse("wagtailusers_users:delete", args=[user.pk]))
    assert not User.objects.filter(pk=user.pk).exists()
    (what, before, after) = noted()[-1]
    assert ("удалено" in what, f"petrova (№ {user.pk})" == before, after) == (True, True, "")


def test_logins_changed_together_are_noted_each(chief: User, cast: Cast, client: Client) -> None:
    users = [cast.anna.user, cast.boris.user]
    url = "/admin/bulk/accounts/user/set_active_state/?" + "&".join(f"id={user.pk}" for user in users)
    assert client.get(url).status_code == 200
    assert noted() == []
    client.post(url, {"mark_as_active": "False"})
    for user in users:
        user.refresh_from_db()
    changed = [user for user in users if not user.is_active]
    assert len(noted()) == len(changed) == 2
    assert {(before, after) for _what, before, after in noted()} == {("да", "нет")}


def test_only_the_rights_that_changed_are_noted(chief: User) -> None:
    """A role has a hundred of them."""
    group = Group.objects.create(name="desk")
    seen, written = (Permission.objects.get(codename=name) for name in ("view_account", "view_person"))
    group.permissions.set([seen])
    before = state_of(group)
    group.permissions.set([written])
    page = Page.objects.get(depth=1)
    change = Permission.objects.get(codename="change_page")
    GroupPagePermission.objects.create(group=group, page=page, permission=change)
    WatchedRecords(Group, {group.pk: before}, group.pk).note(chief)
    assert {(was, now) for _what, was, now in noted()} == {
        ("accounts.view_account", "accounts.view_person"),
        ("", f"change_page {page.pk}"),
    }


@pytest.mark.parametrize("address", ["/admin/settings/accounts/unheard/1/", "/admin/users/edit/99999/"])
def test_a_form_of_nothing_is_not_found_and_notes_nothing(chief: User, client: Client, address: str) -> None:
    assert client.post(address, {"x": "1"}).status_code in {302, 404}
    assert noted() == []


def test_a_setting_that_stays_is_not_noted(chief: User, client: Client) -> None:
    settings = AccessSettings.load()
    url = f"/admin/settings/accounts/accesssettings/{settings.pk}/"
    form = client.get(url).context["form"]
    assert client.post(url, typed_of(form)).status_code == 302
    assert noted() == []


# The second factor of an employee.


@pytest.mark.parametrize("chosen", ["", "x", "²", "9" * 30, "99999"])
def test_a_login_that_is_none_has_no_second_factor_to_take_off(chief: User, client: Client, chosen: str) -> None:
    assert client.post(reverse("audit_second_factors"), {"user": chosen}).status_code == 404


def test_a_residents_second_factor_is_not_the_administrators(chief: User, cast: Cast, client: Client) -> None:
    assert client.post(reverse("audit_second_factors"), {"user": cast.anna.user.pk}).status_code == 404
    assert cast.anna.user not in dict(client.get(reverse("audit_second_factors")).context["staff"])
