"""Limits of what people send: counted per subject and window, refused whole, set by staff, swept."""

import datetime as dt

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from portal.accounts.client_ip import sender_of
from portal.core.mailboxes import canonical_mailbox
from portal.core.models import CompanySettings
from portal.core.rate_limits.declared import LIMITS, Action, Per
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.messages import limit_message, waiting_time
from portal.core.rate_limits.models import RateCounter, RateLimits
from portal.core.rate_limits.services import Sender, address_group, claim_once, spend, sweep
from portal.core.rate_limits.titles import ACTION_TITLES
from tests.people import make_login

pytestmark = pytest.mark.django_db
ANNA = Sender(login="1", address="203.0.113.7")


def set_limits(**numbers: int) -> None:
    """Set limits by their codes."""
    RateLimits.load()
    RateLimits.objects.update(**numbers)


def spent(times: int, action: Action = Action.DISPATCH, **subject: object) -> RateLimited | None:
    """Spend so many times; the refusal that ended it, if one did."""
    for _ in range(times):
        try:
            spend(action, **subject)  # type: ignore[arg-type]
        except RateLimited as refusal:
            return refusal
    return None


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.code)
def test_each_declared_limit_has_its_setting_and_stops_at_its_number(limit: object) -> None:
    subjects = {
        Per.LOGIN: {"sender": Sender(login="1")},
        Per.ADDRESS: {"sender": Sender(address="203.0.113.7")},
        Per.MAILBOX: {"mailbox": "anna@mail.example"},
        Per.EVERYONE: {},
    }
    field = RateLimits._meta.get_field(limit.code)
    assert field.default == limit.default
    assert field.help_text
    assert ACTION_TITLES[limit.action]
    set_limits(**{other.code: 100_000 for other in LIMITS} | {limit.code: 3})
    amount = limit.unit
    for _ in range(3):
        spend(limit.action, amount=amount, **subjects[limit.per])
    with pytest.raises(RateLimited) as refusal:
        spend(limit.action, amount=amount, **subjects[limit.per])
    assert refusal.value.limit == limit
    assert refusal.value.allowed == 3
    assert 0 < refusal.value.seconds <= limit.window.length.total_seconds()
    assert limit_message(refusal.value)


def test_a_refused_attempt_is_counted_nowhere() -> None:
    set_limits(dispatch_login_hour=2, dispatch_address_hour=3)
    assert spent(9, sender=ANNA) is not None
    neighbour = Sender(login="2", address=ANNA.address)
    spend(Action.DISPATCH, sender=neighbour)
    refusal = spent(1, sender=neighbour)
    assert refusal is not None
    assert refusal.limit.per == Per.ADDRESS


def test_a_window_that_is_over_counts_from_nothing() -> None:
    set_limits(dispatch_login_hour=2)
    assert spent(3, sender=ANNA) is not None
    RateCounter.objects.update(ends_at=timezone.now() - dt.timedelta(seconds=1))
    assert spent(2, sender=ANNA) is None
    assert spent(1, sender=ANNA) is not None


def test_a_transaction_that_fails_gives_its_count_back() -> None:
    set_limits(dispatch_login_hour=1)
    with transaction.atomic():
        spend(Action.DISPATCH, sender=ANNA)
        transaction.set_rollback(True)
    assert spent(1, sender=ANNA) is None


def test_an_empty_cache_forgets_no_count() -> None:
    set_limits(dispatch_login_hour=1)
    spend(Action.DISPATCH, sender=ANNA)
    cache.clear()
    assert spent(1, sender=ANNA) is not None


def test_one_subscriber_of_ipv6_is_one_subject() -> None:
    assert address_group("2001:db8:1:2::1") == address_group("2001:db8:1:2:ffff::9")
    assert address_group("2001:db8:1:2::1") != address_group("2001:db8:1:3::1")
    assert address_group("::ffff:203.0.113.7") == "203.0.113.7"


@pytest.mark.parametrize(
    ("spelling", "other"),
    [
        ("Anna@Mail.Example", "anna@mail.example"),
        ("anna+1@mail.example", "anna+20@mail.example"),
        ("an.na@gmail.com", "anna+x@GoogleMail.com"),
        ("anna-i@ya.ru", "anna.i@yandex.ru"),
        ("anna@почта.рф", "anna@xn--80a1acny.xn--p1ai"),
        ("boſs", "BOSS"),
    ],
)
def test_spellings_of_one_mailbox_are_one(spelling: str, other: str) -> None:
    assert canonical_mailbox(spelling) == canonical_mailbox(other)


def test_different_mailboxes_stay_apart() -> None:
    assert canonical_mailbox("an.na@mail.ru") != canonical_mailbox("anna@mail.ru")


def test_no_address_or_mailbox_is_kept() -> None:
    spend(Action.SUPPORT, sender=ANNA, mailbox="anna@mail.example")
    kept = " ".join(f"{row.limit} {row.subject}" for row in RateCounter.objects.all())
    assert "203.0.113.7" not in kept
    assert "anna" not in kept


def test_a_token_is_claimed_once() -> None:
    minutes = dt.timedelta(minutes=10)
    assert claim_once("code", "a", lasts=minutes)
    assert not claim_once("code", "a", lasts=minutes)
    assert claim_once("code", "b", lasts=minutes)


def test_the_words_name_number_window_and_waiting_time() -> None:
    company = CompanySettings.load()
    company.emergency_phone = "+7 495 000-00-00"
    company.save()
    set_limits(dispatch_login_hour=10)
    refusal = spent(11, sender=ANNA)
    assert refusal is not None
    refusal.wait = dt.timedelta(minutes=22, seconds=10)
    with translation.override("ru"):
        assert limit_message(refusal) == (
            "Вы отправили 10 заявок за час. Снова можно через 23 минуты. При аварии звоните +7 495 000-00-00,"
            " круглосуточно."
        )
        assert waiting_time(dt.timedelta(seconds=1)) == "1 секунду"
        assert waiting_time(dt.timedelta(hours=5, minutes=1)) == "6 часов"


def test_the_sweep_takes_what_is_over() -> None:
    spend(Action.DISPATCH, sender=ANNA)
    now = timezone.now()
    assert sweep(moment=now) == 0
    assert sweep(moment=now + dt.timedelta(days=2)) == 3


def test_who_sends_is_the_login_and_the_client_behind_our_proxy(settings: object) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]  # type: ignore[attr-defined]
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.5", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert sender_of(request) == Sender(address="203.0.113.9")
    request.user = make_login("anna")
    assert sender_of(request).login == str(request.user.pk)


def test_a_superuser_sets_a_limit_in_the_admin(client: Client) -> None:
    boss = make_login("boss", staff=True)
    boss.is_superuser = True
    boss.save()
    client.force_login(boss)
    page = client.get("/admin/settings/core/ratelimits/", follow=True)
    html = page.content.decode()
    assert "Заявки в аварийную службу" in html
    assert "По умолчанию: 10." in html
    fields = {name: getattr(RateLimits.load(), name) for name in page.context["form"].fields}
    address = page.request["PATH_INFO"]
    wrong = client.post(address, fields | {"dispatch_login_hour": 0})
    assert RateLimits.load().dispatch_login_hour == 10
    assert wrong.status_code == 200
    client.post(address, fields | {"dispatch_login_hour": 4})
    assert RateLimits.load().dispatch_login_hour == 4


def test_the_remote_address_is_read_in_one_place_only() -> None:
    """Behind the proxy REMOTE_ADDR is the proxy: what counts by it counts the whole world as one."""
    allowed = {
        "portal/accounts/client_ip.py",
        "portal/core/networks.py",  # whether the peer itself is in a network: no count
    }
    readers = {
        str(path.relative_to(settings.ROOT))
        for folder in ("portal", "cms_pages", "site")
        for path in (settings.ROOT / folder).rglob("*.py")
        if "REMOTE_ADDR" in path.read_text()
    }
    assert readers <= allowed
