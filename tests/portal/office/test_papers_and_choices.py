"""Tampering reports, corrections, imports and the choice of an account: refused in words, kept, done once."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from portal.accounts import audit
from portal.approvals.models import ApprovalSettings, MoneyOperation
from portal.billing.models import Correction, TamperingReport
from portal.billing.services import Executor, close_period
from portal.core.files.exceptions import FileRefused
from portal.core.periods import Period
from portal.exchange.imports import services
from portal.exchange.imports.subjects import SUBJECTS
from portal.exchange.models import Import
from portal.metering.models import Reading
from tests.answers import messages_of, text_of, xlsx_rows
from tests.conftest import SetDate
from tests.people import Cast, Clerk

ACT = reverse("office_act")


# Tampering reports.


@pytest.fixture
def closed(cast: Cast, numbers: None, clerk: Clerk, business_date: SetDate) -> dict[str, str]:
    """October is closed by the norm; the form of a report of Anna's."""
    business_date("2026-11-15")
    close_period(period=Period(2026, 10), closing_day=dt.date(2026, 10, 21), executor=Executor.INLINE)
    clerk("billing.add_tamperingreport", "billing.view_tamperingreport", "office.view_account_card")
    return {
        "account": cast.anna.account.number,
        "service": "cold_water",
        "number": "А-17",
        "drawn_on": "2026-11-10",
        "since": "2026-10-22",
        "until": "2026-10-31",
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"account": "777"}, "account"),
        ({"service": "wastewater"}, "service"),
        ({"number": ""}, "number"),
        ({"drawn_on": "2026-11-16"}, "since"),
        ({"until": "2026-11-11"}, "__all__"),
        ({"since": "2026-11-01", "until": "2026-10-31"}, "__all__"),
        ({"since": "вчера"}, "since"),
    ],
)
def test_a_report_that_cannot_be_is_refused_and_kept(
    closed: dict[str, str], client: Client, change: dict[str, str], field: str
) -> None:
    answer = client.post(ACT, closed | change)
    assert field in answer.context["form"].errors
    assert "preview_token" not in answer.context
    for name, value in (closed | change).items():
        assert answer.context["form"][name].value() == value
    assert not TamperingReport.objects.exists()


def test_a_paper_that_is_none_is_refused_at_its_field(closed: dict[str, str], client: Client) -> None:
    paper = SimpleUploadedFile("act.exe", b"MZ\x90\x00", content_type="application/pdf")
    answer = client.post(ACT, {**closed, "file": paper})
    assert "act.exe" in answer.context["form"].errors["file"][0]
    assert answer.context["stored_file"] is None


def test_one_number_is_entered_once(closed: dict[str, str], client: Client) -> None:
    for _time in range(2):
        token = client.post(ACT, closed).context.get("preview_token", "")
        client.post(ACT, closed | {"preview_token": token})
    assert TamperingReport.objects.count() == 1


def test_a_month_that_cannot_be_computed_is_said_in_a_sentence(
    closed: dict[str, str], client: Client, cast: Cast
) -> None:
    cast.anna.account.occupancies.all().delete()
    answer = client.post(ACT, closed)
    assert "сколько человек" in " ".join(answer.context["form"].non_field_errors())
    assert not TamperingReport.objects.exists()


# Corrections.


def test_above_the_limit_a_correction_waits_and_is_not_booked(
    cast: Cast, clerk: Clerk, client: Client, business_date: SetDate
) -> None:
    business_date("2026-11-15")
    clerk("office.book_correction", "office.view_account_card")
    ApprovalSettings.objects.update_or_create(defaults={"second_person_above": 100, "day_above": 1000})
    form = {
        "account": cast.anna.account.number,
        "amount": "-100,01",
        "for_period": "2026-09",
        "service": "",
        "reason": "Ошибка",
        "document": "Записка",
        "confirmed": "on",
    }
    answer = client.post(reverse("office_correction"), form)
    assert answer["Location"] == reverse("office_account", args=[cast.anna.account.pk])
    assert "ждёт второго сотрудника" in messages_of(answer)[0]
    assert not Correction.objects.exists()
    assert MoneyOperation.objects.get().account == cast.anna.account
    client.post(reverse("office_correction"), form | {"amount": "-99,99", "reason": "Другая"})
    assert Correction.objects.count() == 1


# Imports.


def test_without_space_for_the_file_nothing_is_imported(
    cast: Cast, clerk: Clerk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_arguments: Any, **_named: Any) -> None:
        raise FileRefused("no_space")

    monkeypatch.setattr(services, "store_stream", refused)
    clerk("office.import_readings")
    table = SimpleUploadedFile("r.csv", "Номер счетчика;Показание\nA-1001;141,5\n".encode())
    answer = client.post(reverse("office_import", args=["readings"]), {"file": table})
    assert list(answer.context["form"].errors) == ["file"]
    assert not Reading.objects.exists()


@pytest.mark.parametrize(("content", "name"), [(b"", "r.csv"), (b"%PDF-1.4", "r.pdf"), (b"\x00\x01", "r.xlsx")])
def test_what_is_no_table_is_refused_in_words(
    cast: Cast, clerk: Clerk, client: Client, content: bytes, name: str
) -> None:
    clerk("office.import_readings")
    answer = client.post(reverse("office_import", args=["readings"]), {"file": SimpleUploadedFile(name, content)})
    (error,) = answer.context["form"].errors["file"]
    assert any("а" <= letter <= "я" for letter in error)
    assert not Import.objects.exists()


@pytest.mark.parametrize(("kind", "right"), [("readings", "import_readings"), ("accounts", "import_accounts")])
def test_a_sample_has_every_column_and_is_for_whoever_imports(
    cast: Cast, clerk: Clerk, client: Client, kind: str, right: str
) -> None:
    url = reverse("office_import_sample", args=[kind])
    clerk("office.view_account_card", username="other")
    assert client.get(url)["Location"] == reverse("wagtailadmin_home")
    clerk(f"office.{right}")
    headings, *rows = xlsx_rows(client.get(url))
    assert list(headings) == SUBJECTS[kind].headings
    assert rows
    assert client.get(reverse("office_import", args=["pages"])).status_code == 404


# Which account.


@pytest.mark.parametrize("what", ["persons", "services", "close"])
def test_an_account_is_chosen_by_words_and_each_found_one_is_noted(
    cast: Cast, clerk: Clerk, client: Client, what: str
) -> None:
    clerk("office.view_account_card")
    url = reverse("office_choose_account")
    page = client.get(url, {"what": what, "q": "Иванова"})
    assert reverse(f"office_{what}", args=[cast.anna.account.pk]) in text_of(page)
    assert [account.number for account in page.context["accounts"]] == [cast.anna.account.number]
    assert ModelLogEntry.objects.filter(action=audit.SAW, data__what="Поиск счёта").count() == 1
    assert list(client.get(url, {"what": what, "q": "Кузнецова"}).context["accounts"]) == []
    assert list(client.get(url, {"what": what}).context["accounts"]) == []


def test_another_change_is_refused_and_others_find_nobody(cast: Cast, clerk: Clerk, client: Client) -> None:
    url = reverse("office_choose_account")
    clerk("office.view_account_card")
    assert client.get(url, {"what": "delete"}).status_code == 400
    clerk("metering.view_meter", username="other")
    assert client.get(url, {"q": "Иванова"})["Location"] == reverse("wagtailadmin_home")
