"""FAULTS 29: each thing that one may send is limited through its own form, with words, and nothing typed is lost."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from captcha.models import CaptchaStore
from django.test import Client
from django.utils import timezone

from cms_pages.bootstrap import ensure_pages
from portal.accounts.services.api_keys import make_key
from portal.accounts.views import livejournal
from portal.core.models import CompanySettings
from portal.core.rate_limits.models import RateLimits
from portal.service_requests.commissioning.models import CommissioningApplication
from portal.service_requests.dispatch.models import DispatchRequest
from tests.people import PASSWORD, Cast
from tests.portal.service_requests.samples import TODAY
from tests.portal.service_requests.test_in_the_cabinet import application_form, photo, sent
from tests.security.addresses import every_address

pytestmark = pytest.mark.django_db
REGISTRATION_FORM = {
    "last_name": "Кузнецова",
    "first_name": "Мария",
    "street_kind": "street",
    "street": "Речная",
    "house": "4",
    "send": "1",
    "agree": "on",
}


@dataclass(frozen=True)
class Form:
    """A form: its limit, its address, what is sent the n-th time, the words that it must keep."""

    limit: str
    url: str
    data: Callable[[Cast, int], dict[str, object]]
    keeps: str = ""
    words: str = "Снова можно через"


def log_in(client: Client, username: str) -> None:
    """With the password once more: a change of the address asks for it."""
    client.post("/accounts/login/", {"login": username, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def _support(_cast: Cast, number: int) -> dict[str, object]:
    key = CaptchaStore.generate_key()
    return {
        "name": "Олег",
        "email": f"o{number}@mail.example",
        "text": "Почему нет показаний за октябрь?",
        "captcha_0": key,
        "captcha_1": CaptchaStore.objects.get(hashkey=key).response,
        "form_token": str(uuid.uuid4()),
    }


def _complaint(_cast: Cast, number: int) -> dict[str, object]:
    return {"kind": "complaint", "subject": f"Люк {number}", "text": "Гремит по ночам.", "form_token": uuid.uuid4()}


def _certificate(_cast: Cast, _number: int) -> dict[str, object]:
    return {"verified_on": "2026-11-10", "valid_until": "2032-11-09", "value": "141.455", "certificate": photo()}


def _name(_cast: Cast, _number: int) -> dict[str, object]:
    return {"last_name": "Новая", "first_name": "Анна", "document": photo()}


FORMS = [
    Form(
        "dispatch_login_hour",
        "/personal/requests/new/",
        lambda c, n: sent(c, form_token=str(n), place=f"Двор {n}"),
        keeps="Нет воды с самого утра",
        words="При аварии звоните",
    ),
    Form(
        "commissioning_login_hour",
        "/personal/requests/meters/new/",
        lambda c, n: application_form(
            c,
            account=c.anna.account.pk,
            form_token=str(n),
            place=f"Ниша {n}",
            serial_number=f"S{n}",
            passport=[photo()],
        ),
        keeps="Монтаж",
    ),
    Form(
        "replacement_login_hour", "/personal/requests/replacement/{meter}/certificate/", _certificate, keeps="141.455"
    ),
    Form("complaint_login_hour", "/personal/complaints/new/", _complaint, keeps="Гремит по ночам"),
    Form(
        "support_address_hour",
        "/support/",
        _support,
        keeps="Почему нет показаний за октябрь?",
        words="Следующий можно отправить через",
    ),
    Form("recovery_mailbox_hour", "/accounts/password/reset/", lambda _c, _n: {"login": "anna"}, keeps="anna"),
    Form("application_address_hour", "/accounts/application/", lambda _c, _n: REGISTRATION_FORM, keeps="Кузнецова"),
    Form("personal_request_login_day", "/personal/profile/name/", _name, keeps="Новая"),
    Form("personal_request_login_day", "/personal/profile/consents/", lambda _c, _n: {"act": "withdraw"}),
    Form("personal_request_login_day", "/personal/profile/download/", lambda _c, _n: {}),
    Form(
        "email_change_login_hour",
        "/personal/profile/email/",
        lambda _c, n: {"email": f"new{n}@mail.example"},
        keeps="new2@mail.example",
    ),
    Form(
        "upload_login_hour", "/personal/requests/new/", lambda c, _n: sent(c, text="", photos=[photo()]), keeps="8 916"
    ),
    Form("upload_login_hour", "/personal/profile/name/", lambda c, n: _name(c, n) | {"first_name": ""}, keeps="Новая"),
    Form("livejournal_address_hour", "/accounts/livejournal/", lambda _c, _n: {"openid": "ivanov"}, keeps="ivanov"),
    Form(
        "payment_login_hour",
        "/personal/pay/",
        lambda _c, n: {
            "choice": "other",
            "amount": "100",
            "contact": "a@mail.example",
            "form_token": uuid.uuid4(),
            "confirm_duplicate": "on",
        },
        keeps="a@mail.example",
    ),
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.limit} {form.url}")
def test_each_form_stops_at_its_limit_with_words_and_keeps_what_was_typed(
    cast: Cast, client: Client, business_date: object, monkeypatch: pytest.MonkeyPatch, form: Form
) -> None:
    business_date(TODAY)  # type: ignore[operator]
    ensure_pages()
    company = CompanySettings.load()
    company.emergency_phone = "+7 495 000-00-00"
    company.save()
    monkeypatch.setattr(livejournal.openid_client, "begin", _no_provider)
    RateLimits.load()
    RateLimits.objects.update(**{form.limit: 1})
    if form.url.startswith("/personal/"):
        log_in(client, "anna")
    url = form.url.format(meter=cast.anna.account.meters.first().pk)
    first = client.post(url, form.data(cast, 1))
    assert first.status_code in {200, 302, 422}, first.status_code
    second = client.post(url, form.data(cast, 2))
    assert second.status_code == 429
    assert 0 < int(second["Retry-After"]) <= 24 * 3600
    html = second.content.decode()
    assert form.words in html
    assert form.keeps in html


def _no_provider(*_args: object, **_kwargs: object) -> str:
    raise livejournal.openid_client.ProviderUnavailable


def test_of_fourteen_requests_in_a_row_ten_are_taken(cast: Cast, client: Client) -> None:
    client.force_login(cast.anna.user)
    answers = [
        client.post("/personal/requests/new/", sent(cast, form_token=str(n), place=f"Двор {n}")).status_code
        for n in range(14)
    ]
    assert answers == [302] * 10 + [429] * 4
    assert DispatchRequest.objects.count() == 10


def test_of_nine_applications_for_one_flat_six_are_taken(cast: Cast, client: Client, business_date: object) -> None:
    business_date(TODAY)  # type: ignore[operator]
    client.force_login(cast.boris.user)
    for n in range(9):
        client.post(
            "/personal/requests/meters/new/",
            application_form(cast, form_token=str(n), place=f"Ниша {n}", serial_number=f"S{n}", passport=[photo()]),
        )
    assert CommissioningApplication.objects.count() == 6


def test_the_same_accident_within_minutes_is_offered_and_another_one_is_taken(cast: Cast, client: Client) -> None:
    client.force_login(cast.anna.user)
    client.post("/personal/requests/new/", sent(cast))
    first = DispatchRequest.objects.get()
    page = client.post("/personal/requests/new/", sent(cast, form_token="second"))
    assert page.status_code == 422
    assert f"/personal/requests/{first.pk}/" in page.content.decode()
    assert "Это другая авария" in page.content.decode()
    assert DispatchRequest.objects.count() == 1
    client.post("/personal/requests/new/", sent(cast, form_token="second", another="on"))
    assert DispatchRequest.objects.count() == 2


def test_letters_to_one_strangers_mailbox_are_few_whoever_asks(cast: Cast) -> None:
    spellings = ["victim@mail.example", "Victim+1@Mail.Example", "victim+2@mail.example", "victim+3@mail.example"]
    answers = []
    for resident, address in zip((cast.anna, cast.boris, cast.stranger, cast.anna), spellings, strict=True):
        client = Client()
        log_in(client, resident.user.username)
        answers.append(client.post("/personal/profile/email/", {"email": address}).status_code)
    assert answers == [302, 302, 302, 429]


def test_every_form_of_the_cabinet_is_within_the_outermost_limit(cast: Cast, client: Client) -> None:
    """A new form is limited before anybody thinks of it."""
    RateLimits.load()
    RateLimits.objects.update(cabinet_form_login_hour=1)
    client.force_login(cast.anna.user)
    client.post("/personal/profile/delivery/", {})
    free = []
    for address in every_address():
        if address.route.startswith("personal/"):
            status = client.post(address.path).status_code
            if status not in {429, 405} and address.route != "personal/account/":  # shows another own account
                free.append((address.route, status))
    assert free == []


def test_a_dispatcher_is_not_limited(cast: Cast) -> None:
    from portal.service_requests.dispatch import services
    from portal.service_requests.dispatch.enums import RequestKind, RequestSource
    from tests.portal.service_requests.samples import NOW

    for n in range(15):
        services.take_request(
            key=f"k{n}",
            kind=RequestKind.NO_WATER,
            place=services.place_of(cast.anna.account),
            text="Нет воды",
            phone="89161234567",
            moment=NOW,
            author=None,
            source=RequestSource.PHONE,
        )
    assert DispatchRequest.objects.count() == 15


def test_the_api_says_how_long_to_wait(cast: Cast, client: Client) -> None:
    RateLimits.load()
    RateLimits.objects.update(api_login_minute=1)
    _key, secret = make_key(user=cast.anna.user, name="home", moment=timezone.now())
    answers = [client.get("/api/v1/accounts/", HTTP_AUTHORIZATION=f"Bearer {secret}") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].json()["code"] == "throttled"
    assert 0 < int(answers[1]["Retry-After"]) <= 60


def test_page_views_with_made_up_hosts_clear_no_counter(client: Client) -> None:
    """The file cache threw its oldest entries away, the counters with them."""
    ensure_pages()
    RateLimits.load()
    RateLimits.objects.update(recovery_mailbox_hour=1)
    client.post("/accounts/password/reset/", {"login": "anna"})
    for port in range(10):
        client.get("/", HTTP_HOST=f"localhost:{8000 + port}")
    assert client.post("/accounts/password/reset/", {"login": "anna"}).status_code == 429


def test_a_flood_of_one_login_leaves_the_site_to_everybody_else(cast: Cast, client: Client) -> None:
    RateLimits.load()
    RateLimits.objects.update(dispatch_login_hour=1)
    client.force_login(cast.anna.user)
    for n in range(3):
        client.post("/personal/requests/new/", sent(cast, form_token=str(n), place=f"Двор {n}"))
    neighbour = Client()
    neighbour.force_login(cast.boris.user)
    taken = neighbour.post("/personal/requests/new/", sent(cast, account=cast.boris.account.pk))
    assert taken.status_code == 302
