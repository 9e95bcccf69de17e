"""Norms, coefficients, key rates and acts: nothing is saved before its effect was shown."""

import datetime as dt
import io
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from wagtail.models import ModelLogEntry

from portal.approvals.models import ApprovalSettings
from portal.billing.enums import NumberKind
from portal.billing.models import KeyRate, Norm, PeriodRun, RaisingCoefficient, TamperingReport
from portal.billing.number_types import TYPES
from portal.billing.services import Executor, close_period
from portal.core.periods import Period
from tests.answers import text_of
from tests.people import Cast, Clerk

pytestmark = pytest.mark.django_db
NORM = "/admin/office/number/norm/"
TOKEN = re.compile(r'name="preview_token"\s+value="([^"]+)"')


def _token(html: str) -> str:
    match = TOKEN.search(html)
    assert match, html
    return match.group(1)


@pytest.fixture(autouse=True)
def _by_one_person(db: None) -> None:
    """Who may do what alone is another file's business."""
    ApprovalSettings.objects.create(two_people_norms=False)


@pytest.fixture
def closed(cast: Cast, numbers: None, business_date: object) -> Cast:
    """October is closed: everybody by the norm."""
    business_date("2026-11-15")  # type: ignore[operator]
    close_period(period=Period(2026, 10), executor=Executor.INLINE)
    return cast


def test_a_norm_is_saved_by_the_button_under_its_effect(client: Client, clerk: Clerk, closed: Cast) -> None:
    """Four accounts of two persons by 4.331: 8.662 × 48.67 × 4 = 1 686.32 ₽; by 5.000 it is 260.48 ₽ more."""
    clerk("billing.add_norm", "billing.view_norm")
    written = {"service": "cold_water", "valid_from": "2026-11-02", "value": "5,000", "source": "Распоряжение № 7"}
    before = Norm.objects.count()
    html = text_of(client.post(NORM, written))
    assert "декабрь 2026" in html
    assert "+260,48 ₽" in html
    assert Norm.objects.count() == before
    changed = text_of(client.post(NORM, {**written, "value": "6", "preview_token": _token(html)}))
    assert Norm.objects.count() == before
    client.post(NORM, {**written, "value": "6", "preview_token": _token(changed)})
    assert Norm.objects.get(valid_from=dt.date(2026, 11, 2)).value == 6


@pytest.mark.parametrize(
    ("what", "written", "words"),
    [
        ("norm", {"service": "cold_water", "valid_from": "2026-10-31", "value": "5"}, "1 ноября 2026"),
        ("norm", {"service": "cold_water", "valid_from": "2026-11-01", "value": "0"}, "больше нуля"),
        ("raising", {"service": "wastewater", "valid_from": "2026-11-01", "value": "2"}, "этой услуги не повышается"),
        ("raising", {"service": "cold_water", "valid_from": "2026-10-01", "value": "2"}, "1 ноября 2026"),
        ("key-rate", {"valid_from": "2026-11-16", "percent": "15"}, "16 ноября 2026"),
        ("key-rate", {"valid_from": "2026-10-21", "percent": "15"}, "22 октября 2026"),
        ("key-rate", {"valid_from": "2026-10-22", "percent": "0"}, "больше нуля"),
    ],
)
def test_bad_numbers_are_refused_in_words(
    client: Client, clerk: Clerk, closed: Cast, what: str, written: dict[str, str], words: str
) -> None:
    clerk("billing.add_norm", "billing.add_raisingcoefficient", "billing.add_keyrate")
    html = text_of(client.post(f"/admin/office/number/{what}/", {**written, "source": "Приказ"}))
    assert words in html
    assert not TOKEN.search(html)
    assert written["valid_from"] in html
    assert not RaisingCoefficient.objects.exists()
    assert KeyRate.objects.count() == 1


def test_a_first_norm_leaves_no_month_without_one(client: Client, clerk: Clerk, closed: Cast) -> None:
    Norm.objects.filter(service="cold_water").delete()
    clerk("billing.add_norm")
    written = {"service": "cold_water", "valid_from": "2027-01-01", "value": "5", "source": "Приказ"}
    assert "ноябрь 2026" in text_of(client.post(NORM, written))
    assert TOKEN.search(text_of(client.post(NORM, {**written, "valid_from": "2026-11-01"})))


def test_a_key_rate_of_the_days_after_the_closing(client: Client, clerk: Clerk, closed: Cast) -> None:
    clerk("billing.add_keyrate", "billing.view_keyrate")
    written = {"valid_from": "2026-10-26", "percent": "14"}
    html = text_of(client.post("/admin/office/number/key-rate/", written))
    client.post("/admin/office/number/key-rate/", {**written, "preview_token": _token(html)})
    assert KeyRate.objects.get(valid_from=dt.date(2026, 10, 26)).percent == 14


def test_an_act_is_shown_in_money_then_entered(client: Client, clerk: Clerk, closed: Cast) -> None:
    """October, 10 days: 86.620 × 10/31 = 27.942, less 8.662 × 10/31 = 2.794: 25.148 m³, 1 223.95 ₽."""
    clerk("billing.add_tamperingreport", "office.view_account_card")
    written = {
        "account": closed.anna.account.number,
        "service": "cold_water",
        "number": "14",
        "drawn_on": "2026-11-10",
        "since": "2026-10-22",
        "until": "2026-10-31",
    }
    html = text_of(client.post("/admin/office/act/", written))
    assert "1 223,95 ₽" in html
    assert not TamperingReport.objects.exists()
    client.post("/admin/office/act/", {**written, "preview_token": _token(html)})
    assert TamperingReport.objects.get().entered_by is not None
    refused = text_of(client.post("/admin/office/act/", {**written, "number": "15", "since": "2026-08-01"}))
    assert "10 августа 2026" in refused


def test_the_paper_of_an_act_waits_for_the_second_step_and_is_linked_in_the_list(
    client: Client, clerk: Clerk, closed: Cast
) -> None:
    clerk("billing.add_tamperingreport", "billing.view_tamperingreport", "office.view_account_card")
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(picture, "JPEG")
    written = {
        "account": closed.anna.account.number,
        "service": "cold_water",
        "number": "14",
        "drawn_on": "2026-11-10",
        "since": "2026-10-22",
        "until": "2026-10-31",
    }
    document = SimpleUploadedFile("act.jpg", picture.getvalue(), "image/jpeg")
    html = text_of(client.post("/admin/office/act/", {**written, "file": document}))
    stored_file = re.search(r'name="stored_file" value="([^"]+)"', html)
    assert stored_file
    client.post("/admin/office/act/", {**written, "preview_token": _token(html), "stored_file": stored_file[1]})
    act = TamperingReport.objects.get()
    assert act.file is not None
    assert f"/files/{act.file.pk}/" in client.get("/admin/billing/tamperingreport/").content.decode()


def test_whoever_has_no_right_is_turned_away(client: Client, clerk: Clerk, closed: Cast) -> None:
    clerk("office.view_account_card")
    for address in (NORM, "/admin/office/number/key-rate/", "/admin/office/act/"):
        assert client.get(address).status_code == 302


def test_what_a_closing_could_not_compute_links_to_what_is_missing(
    client: Client, clerk: Clerk, cast: Cast, numbers: None
) -> None:
    """Without a norm four accounts wait; the link opens the norm's form, filled in; closing again takes just these."""
    Norm.objects.filter(service="cold_water").delete()
    close_period(period=Period(2026, 10), executor=Executor.INLINE)
    clerk("office.close_month", "billing.add_norm")
    html = text_of(client.get("/admin/office/closing/2026-10/"))
    link = re.search(r'href="(/admin/office/number/norm/[^"]+)"', html)
    assert link
    form = text_of(client.get(link.group(1).replace("&amp;", "&")))
    assert 'value="2026-10-01"' in form
    written = {"service": "cold_water", "valid_from": "2026-10-01", "value": "5", "source": "Приказ"}
    client.post(NORM, {**written, "preview_token": _token(text_of(client.post(NORM, written)))})
    run = PeriodRun.objects.get()
    assert run.failures.count() == 4
    client.post("/admin/office/closing/2026-10/start/")
    close_period(period=Period(2026, 10), executor=Executor.INLINE)
    assert not run.failures.exists()


def _entered(client: Client, **changes: str) -> Norm:
    """The norm of December with a comma lost, entered in spite of the question."""
    written = {"service": "cold_water", "valid_from": "2026-12-01", "value": "24,331", "source": "Распоряжение № 7"}
    written |= changes
    html = text_of(client.post(NORM, written))
    client.post(NORM, {**written, "preview_token": _token(html), "confirmed": "1"})
    return Norm.objects.active().get(service="cold_water", valid_from=dt.date(2026, 12, 1))


def test_a_norm_many_times_the_one_in_force_is_asked_about(client: Client, clerk: Clerk, closed: Cast) -> None:
    clerk("billing.add_norm", "billing.view_norm")
    written = {"service": "cold_water", "valid_from": "2026-12-01", "value": "24,331", "source": "Распоряжение № 7"}
    html = text_of(client.post(NORM, written))
    assert "24,331 — в 5,6 раза больше действующего 4,331. Это верно? +7 787,21 ₽." in html
    unconfirmed = text_of(client.post(NORM, {**written, "preview_token": _token(html)}))
    assert "Если всё верно, поставьте отметку" in unconfirmed
    assert not Norm.objects.filter(value=Decimal("24.331")).exists()
    client.post(NORM, {**written, "preview_token": _token(html), "confirmed": "1"})
    assert Norm.objects.filter(value=Decimal("24.331")).exists()
    refused = text_of(client.post(NORM, {**written, "valid_from": "2027-01-01", "value": "43,31"}))
    assert "43,31 — так не бывает" in refused
    assert not TOKEN.search(refused)


def test_a_day_more_than_a_year_ahead_is_asked_about(client: Client, clerk: Clerk, closed: Cast) -> None:
    clerk("billing.add_norm")
    written = {"service": "cold_water", "valid_from": "2029-12-01", "value": "4,4", "source": "Распоряжение № 7"}
    assert "Начнёт действовать только 1 декабря 2029" in text_of(client.post(NORM, written))


def test_a_slip_is_changed_and_withdrawn_by_screens_that_show_the_effect(
    client: Client, clerk: Clerk, closed: Cast
) -> None:
    clerk("billing.add_norm", "billing.change_norm", "billing.view_norm")
    slip = _entered(client)
    screen = f"{NORM}{slip.pk}/"
    assert "24,331" in text_of(client.get(screen))
    fixed = {"service": "cold_water", "valid_from": "2026-12-01", "value": "4,4", "source": "Распоряжение № 7"}
    assert "Требуется заполнить это поле" in text_of(client.post(screen, fixed))
    fixed["reason"] = "Потеряна запятая"
    shown = text_of(client.post(screen, fixed))
    assert "Отзывается и не действует" in shown
    client.post(screen, {**fixed, "preview_token": _token(shown)})
    right = Norm.objects.active().get(valid_from=dt.date(2026, 12, 1))
    assert right.value == Decimal("4.4")
    listed = text_of(client.get("/admin/billing/norm/"))
    assert "office-withdrawn" in listed
    assert "clerk: Потеряна запятая" in listed
    assert f"{NORM}{right.pk}/withdraw/" in listed
    assert f"{NORM}{slip.pk}/withdraw/" not in listed
    gone = text_of(client.post(f"{NORM}{right.pk}/withdraw/", {"reason": "Решение отменили"}))
    assert "4,331" in gone
    client.post(f"{NORM}{right.pk}/withdraw/", {"reason": "Решение отменили", "preview_token": _token(gone)})
    assert not Norm.objects.active().filter(valid_from=dt.date(2026, 12, 1)).exists()
    audited = str(list(ModelLogEntry.objects.filter(action="portal.settings").values_list("data", flat=True)))
    assert "Потеряна запятая" in audited
    assert "Решение отменили" in audited
    assert client.get(screen).status_code == 404
    only = text_of(client.get("/admin/billing/norm/", {"counts": "no"}))
    assert "Решение отменили" in only
    assert "Распоряжение № 7" in client.get("/admin/billing/norm/", {"export": "csv"}).getvalue().decode()


def test_a_used_norm_says_so_and_names_the_first_free_day(client: Client, clerk: Clerk, closed: Cast) -> None:
    clerk("billing.change_norm", "billing.view_norm")
    norm = Norm.objects.get(service="cold_water")
    screen = f"{NORM}{norm.pk}/"
    assert "Закрытие за октябрь 2026 уже использовало это число" in text_of(client.get(screen))
    written = {"service": "cold_water", "valid_from": "2024-01-01", "value": "5", "source": "Приказ", "reason": "Да"}
    refused = text_of(client.post(screen, written))
    assert "с 1 ноября 2026 или позже" in refused
    assert not TOKEN.search(refused)
    assert not TOKEN.search(text_of(client.post(f"{screen}withdraw/", {"reason": "Да"})))


@pytest.mark.parametrize(
    ("what", "written", "words"),
    [
        (
            "key-rate-cap",
            {"valid_from": "2026-11-01", "percent": "9,5", "source": "Постановление № 474"},
            "16 → <strong>9,5</strong>",
        ),
        ("vat", {"valid_from": "2026-12-01", "percent": "22"}, "НДС в счетах за октябрь 2026"),
        ("workday-year", {"year": "2028"}, "Что изменится"),
        ("workday", {"day": "2026-12-15"}, "Счета за ноябрь 2026 надо оплатить до 16 декабря 2026"),
        ("raising", {"service": "cold_water", "valid_from": "2026-12-01", "value": "1,5", "source": "№ 354"}, "1,5"),
    ],
)
def test_every_kind_is_entered_after_its_effect_was_shown(
    client: Client, clerk: Clerk, closed: Cast, what: str, written: dict[str, str], words: str
) -> None:
    model = TYPES[NumberKind(what)].model
    clerk(f"billing.add_{model._meta.model_name}", f"billing.view_{model._meta.model_name}")
    address = f"/admin/office/number/{what}/"
    before = model.objects.count()
    html = text_of(client.post(address, written))
    assert words in " ".join(html.split())
    client.post(address, {**written, "preview_token": _token(html), "confirmed": "1"})
    assert model.objects.count() == before + 1
    assert client.get(f"/admin/billing/{model._meta.model_name}/").status_code == 200


def test_another_role_changes_no_number(client: Client, clerk: Clerk, closed: Cast) -> None:
    clerk("billing.view_norm", "billing.add_norm")
    norm = Norm.objects.get(service="cold_water")
    for address in (f"{NORM}{norm.pk}/", f"{NORM}{norm.pk}/withdraw/"):
        assert client.get(address).status_code == 302
        assert client.post(address, {"reason": "Нет"}).status_code == 302
    assert client.get("/admin/office/number/nothing/").status_code == 404
