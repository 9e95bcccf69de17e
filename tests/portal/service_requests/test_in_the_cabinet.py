"""The resident's pages of requests: sent, followed, answered; errors in words with nothing lost; strangers outside."""

import datetime as dt
import io
import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from portal.core.clock import MOSCOW
from portal.core.models import PrivateFile
from portal.metering.models import Meter
from portal.service_requests.commissioning import services as meters
from portal.service_requests.commissioning.models import CommissioningApplication
from portal.service_requests.crews.models import Crew, CrewKind
from portal.service_requests.dispatch import services
from portal.service_requests.dispatch.enums import RequestState
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.replacement.models import Agreement
from portal.service_requests.terms import RequestTerms
from tests.people import Cast, make_login
from tests.portal.service_requests.samples import NOW, TODAY, applied, good_check, later, slots

TEXT = "Нет воды с самого утра"


def photo(name: str = "кран.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def logged_in(who: object) -> Client:
    client = Client()
    client.force_login(who.user)  # type: ignore[attr-defined]
    return client


def sent(cast: Cast, **changed: object) -> dict[str, object]:
    data: dict[str, object] = {
        "form_token": "abc",
        "kind": "no_water",
        "account": cast.anna.account.pk,
        "text": TEXT,
        "phone": "8 916 1234567",
    }
    return data | changed


@pytest.fixture
def today(business_date: object) -> None:
    business_date(TODAY)  # type: ignore[operator]


def test_sent_with_photos_and_followed(cast: Cast) -> None:
    client = logged_in(cast.anna)
    assert client.get("/personal/requests/new/").status_code == 200
    answer = client.post("/personal/requests/new/", sent(cast, photos=[photo(), photo("2.jpg")]), follow=True)
    assert "Нет воды" in answer.content.decode()
    request = DispatchRequest.objects.get()
    assert request.photos.count() == 2
    client.post("/personal/requests/new/", sent(cast))
    assert DispatchRequest.objects.count() == 1, "the second click is the same request"
    assert client.get("/personal/requests/").status_code == 200


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (SimpleUploadedFile("a.heic", b"\x00\x00\x00\x18ftypheic" + b"0" * 50), "iPhone"),
        (SimpleUploadedFile("a.svg", b"<svg onload=alert(1)>"), "a.svg: такие файлы не принимаем. Нужны JPEG"),
        (SimpleUploadedFile("prog.exe", b"MZ" + b"0" * 50), "prog.exe: такие файлы не принимаем"),
    ],
)
def test_a_photo_that_is_refused_loses_nothing(cast: Cast, bad: SimpleUploadedFile, words: str) -> None:
    client = logged_in(cast.anna)
    answer = client.post("/personal/requests/new/", sent(cast, photos=[photo(), bad]))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert TEXT in html
    kept = PrivateFile.objects.get()
    assert str(kept.pk) in html
    client.post("/personal/requests/new/", sent(cast, **{"photos-stored": str(kept.pk)}))
    assert DispatchRequest.objects.get().photos.count() == 1


def test_somebody_elses_upload_is_not_taken(cast: Cast) -> None:
    logged_in(cast.boris).post("/personal/requests/new/", sent(cast, photos=[photo()]))
    foreign = PrivateFile.objects.get()
    logged_in(cast.anna).post("/personal/requests/new/", sent(cast, **{"photos-stored": str(foreign.pk)}))
    assert DispatchRequest.objects.get(account=cast.anna.account).photos.count() == 0


def test_no_space_is_said_and_leaves_no_row(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    def full(*args: object, **kwargs: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portal.core.files.storage.PrivateStorage._save", full)
    answer = logged_in(cast.anna).post("/personal/requests/new/", sent(cast, photos=[photo()]))
    assert answer.status_code == 422
    assert TEXT in answer.content.decode()
    assert not PrivateFile.objects.exists()
    assert not DispatchRequest.objects.exists()


@pytest.mark.parametrize("changed", [{"phone": "нет"}, {"text": ""}, {"kind": "x"}])
def test_an_error_keeps_what_was_typed(cast: Cast, changed: dict[str, str]) -> None:
    answer = logged_in(cast.anna).post("/personal/requests/new/", sent(cast, **changed))
    assert answer.status_code == 422
    assert f'value="{changed.get("phone", "8 916 1234567")}"' in answer.content.decode()


def test_a_neighbours_address_is_no_choice(cast: Cast) -> None:
    answer = logged_in(cast.anna).post("/personal/requests/new/", sent(cast, account=cast.boris.account.pk))
    assert answer.status_code == 422


def done_request(cast: Cast) -> DispatchRequest:
    logged_in(cast.anna).post("/personal/requests/new/", sent(cast))
    request = DispatchRequest.objects.get()
    crew = Crew.objects.create(name="Бригада", kind=CrewKind.EMERGENCY)
    for state in (RequestState.ASSIGNED, RequestState.WORKING, RequestState.DONE):
        request = services.move(request=request, to=state, version=request.version, by=None, moment=NOW, crew=crew)
    return request


def test_it_helped_and_a_mark(cast: Cast) -> None:
    request, client = done_request(cast), logged_in(cast.anna)
    client.post(f"/personal/requests/{request.pk}/answer/", {"helped": "yes"})
    client.post(f"/personal/requests/{request.pk}/rate/", {"mark": "5", "text": "Быстро"})
    request.refresh_from_db()
    assert (request.state, request.rating) == (RequestState.CLOSED, 5)


def test_it_did_not_help(cast: Cast) -> None:
    request, client = done_request(cast), logged_in(cast.anna)
    client.post(f"/personal/requests/{request.pk}/answer/", {"helped": "no", "text": "Капает"})
    page = client.get(f"/personal/requests/{request.pk}/").content.decode()
    assert "Капает" in page


def application_form(cast: Cast, **changed: object) -> dict[str, object]:
    data: dict[str, object] = {
        "form_token": "m1",
        "account": cast.boris.account.pk,
        "service": "cold_water",
        "place": "Кухня",
        "type_name": "СГВ-15",
        "digits": "5",
        "serial_number": "555",
        "mounted_by": "Монтаж",
        "mounted_on": "2026-11-10",
        "value": "0,120",
        "verified_until": "2032-11-01",
        "applicant": "Петров Борис",
        "phone": "89161234567",
        "wanted_on": "2026-11-20",
        "wanted_part": "any",
        "replaces": "",
    }
    return data | changed


def test_an_application_with_several_pages(cast: Cast, today: None) -> None:
    client = logged_in(cast.boris)
    assert client.get("/personal/requests/meters/new/").status_code == 200
    answer = client.post(
        "/personal/requests/meters/new/", application_form(cast, passport=[photo(), photo("2.jpg")]), follow=True
    )
    assert "Согласуем дату" in answer.content.decode() or "Назначим дату" in answer.content.decode()
    assert CommissioningApplication.objects.get().files.count() == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"serial_number": "A-1001"}, "id_serial_number"),
        ({"verified_until": "2026-11-01"}, "id_verified_until"),
        ({"value": "много"}, "id_value"),
        ({"wanted_on": "2027-11-20"}, "id_wanted_on"),
    ],
)
def test_what_cannot_be_right_is_said_at_its_field(
    cast: Cast, today: None, changed: dict[str, str], field: str
) -> None:
    answer = logged_in(cast.boris).post(
        "/personal/requests/meters/new/", application_form(cast, passport=[photo()], **changed)
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f"{field}_error" in html
    assert str(PrivateFile.objects.get().pk) in html, "the passport is not lost"


def test_a_time_is_chosen_and_the_act_is_read(cast: Cast, today: None) -> None:
    application, engineer, client = applied(cast), make_login("engineer", staff=True), logged_in(cast.boris)
    offered = slots()
    meters.offer(application=application, slots=offered, by=engineer, moment=NOW)
    url = f"/personal/requests/meters/{application.pk}/"
    assert client.get(url).status_code == 200
    client.post(url + "visit/", {"slot": offered[0].pk})
    client.post(url + "visit/", {"slot": offered[1].pk})
    visit = application.visits.get(state="planned")
    assert visit.slot == offered[1], "moved once"
    assert f"{url}visit.ics" in client.get(url).content.decode()
    event = client.get(f"{url}visit.ics")
    assert event["Content-Type"] == "text/calendar; charset=utf-8"
    starts = dt.datetime.combine(visit.slot.day, visit.slot.starts, MOSCOW).astimezone(dt.UTC)
    assert f"DTSTART:{starts:%Y%m%dT%H%M%SZ}\r\n" in event.content.decode()
    assert logged_in(cast.stranger).get(f"{url}visit.ics").status_code == 404
    certificate = meters.put_into_service(visit=visit, check=good_check(), by=engineer, moment=later(4))
    answer = client.get(f"/personal/requests/acts/{certificate.pk}/", follow=True)
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert client.get(url).status_code == 200
    stranger = logged_in(cast.stranger)
    assert stranger.get(f"/personal/requests/acts/{certificate.pk}/").status_code == 404
    certificate.refresh_from_db()
    assert stranger.get(f"/files/{certificate.file_id}/").status_code == 404


@pytest.mark.parametrize("end", ["", "answer/", "rate/"])
def test_a_stranger_finds_no_request(cast: Cast, end: str) -> None:
    request = done_request(cast)
    client = logged_in(cast.stranger)
    url = f"/personal/requests/{request.pk}/{end}"
    assert (client.post(url) if end else client.get(url)).status_code == 404
    assert Client().get(url).status_code in {302, 405}


@pytest.mark.parametrize("end", ["", "visit/", "another-day/", "withdraw/", "start/"])
def test_a_stranger_finds_no_application(cast: Cast, end: str) -> None:
    url = f"/personal/requests/meters/{applied(cast).pk}/{end}"
    client = logged_in(cast.stranger)
    assert (client.post(url) if end else client.get(url)).status_code == 404


def test_all_six_mistakes_of_a_meter_are_said_at_once_in_the_order_of_the_page(cast: Cast, today: None) -> None:
    client = logged_in(cast.boris)
    page = client.get("/personal/requests/meters/new/").content.decode()
    label = page.split('for="id_passport"')[1].split("</label>")[0]
    assert "необязательно" not in label
    wrong = {
        "value": "-5",
        "phone": "12",
        "wanted_on": "2030-01-01",
        "mounted_on": "2030-01-01",
        "verified_until": "2020-01-01",
    }
    answer = client.post("/personal/requests/meters/new/", application_form(cast, **wrong))
    assert answer.status_code == 422
    html = answer.content.decode()
    listed = re.findall(r'href="#id_(\w+)"', html.split("error-summary__list")[1].split("</ul>")[0])
    assert listed == ["passport", "verified_until", "mounted_on", "value", "wanted_on", "phone"]
    fields = re.findall(r'id="id_(\w+)"', html)
    assert sorted(listed, key=fields.index) == listed, "the summary follows the page"
    assert not CommissioningApplication.objects.exists()


def test_what_is_written_badly_hides_no_other_mistake(cast: Cast, today: None) -> None:
    wrong = {"value": "много", "serial_number": "", "phone": "12"}
    answer = logged_in(cast.boris).post("/personal/requests/meters/new/", application_form(cast, **wrong))
    html = answer.content.decode()
    listed = re.findall(r'href="#id_(\w+)"', html.split("error-summary__list")[1].split("</ul>")[0])
    assert listed == ["passport", "serial_number", "value", "phone"]


def test_all_mistakes_of_a_certificate_are_said_at_once(cast: Cast, today: None) -> None:
    meter = Meter.objects.filter(account=cast.anna.account).first()
    assert meter is not None
    data = {"verified_on": "2030-01-01", "valid_until": "2020-01-01", "value": "1"}
    answer = logged_in(cast.anna).post(f"/personal/requests/replacement/{meter.pk}/certificate/", data)
    html = answer.content.decode()
    listed = re.findall(r'href="#id_(\w+)"', html.split("error-summary__list")[1].split("</ul>")[0])
    assert listed == ["verified_on", "valid_until", "value", "certificate"]


def test_a_replacement_is_ordered_after_its_price_is_confirmed(cast: Cast, today: None) -> None:
    terms = RequestTerms.load()
    terms.replacement_price = Decimal("3200.00")
    terms.save()
    meter = Meter.objects.filter(account=cast.anna.account).first()
    assert meter is not None
    client, address = logged_in(cast.anna), f"/personal/requests/replacement/{meter.pk}/agree/"
    asked = client.get(address).content.decode().replace("\u00a0", " ")
    for words in ("Заказать за 3 200,00 ₽", meter.serial_number, "можно отказаться", "Нет, вернуться"):
        assert words in asked
    assert not Agreement.objects.exists()
    terms.replacement_price = Decimal("3500.00")
    terms.save()
    again = client.post(address, {"price": "3200.00"}).content.decode().replace("\u00a0", " ")
    assert "Заказать за 3 500,00 ₽" in again
    assert not Agreement.objects.exists()
    client.post(address, {"price": "3500.00"})
    assert Agreement.objects.get().price == Decimal("3500.00")
    away = f"/personal/requests/replacement/{meter.pk}/withdraw/"
    assert "Согласованный визит отменим" in client.get(away).content.decode()
    assert Agreement.objects.get().withdrawn_at is None
    client.post(away)
    assert Agreement.objects.get().withdrawn_at is not None
