"""The resident's own API: read accounts, meters and the ledger, send readings. One call of a service each."""

import datetime as dt
import re
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from portal.accounts import login_flow
from portal.accounts.exceptions import TooManyAttempts
from portal.accounts.models import Account, User
from portal.accounts.selectors import accounts_of
from portal.accounts.services.api_keys import user_of_key
from portal.api.schemas import MAX_KEY, AccountOut, EntryOut, MeterOut, ReadingIn, ReadingOut, Refusal
from portal.core import clock
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.exceptions import RateLimited
from portal.core.rate_limits.services import Sender, spend
from portal.core.refusals import error_message
from portal.ledger.selectors import balances, entries_with_balance
from portal.metering.exceptions import ReadingRefused, UnusuallyHigh
from portal.metering.models import Reading
from portal.metering.selectors import active_meters, previous_values
from portal.metering.services import submit_reading

MOST_ROWS = 200
MOST_WORDS = 1000
REFUSALS = dict.fromkeys((400, 401, 404, 422, 429), Refusal)
LAST_OFFSET = MAX_KEY - MOST_ROWS


class KeyAuth(HttpBearer):
    """`Authorization: Bearer KEY`; keys are made in the profile, /personal/profile/keys/."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Whose key it is; each call is counted here, before any work.

        Raises RateLimited, and TooManyAttempts while wrong keys from this address are paused.
        """
        login_flow.check_api_address(request, moment=clock.real_now())
        user = user_of_key(secret=token, moment=clock.real_now())
        if user is None:
            login_flow.count_wrong_api_key(request, moment=clock.real_now())
        else:
            spend(Action.API, sender=Sender(login=str(user.pk)))
        return user


api = NinjaAPI(
    title="Водоканал Павшино: API абонента",
    version="1",
    description="Your own accounts, meters, readings and ledger. Sums in ₽, volumes in m³, Moscow dates.",
    openapi_url="/schema/",
    docs_url="/docs/",
    auth=KeyAuth(),
    urls_namespace="api",
)


class NotYours(Exception):
    """No such account or meter among those of the login."""


@api.exception_handler(NotYours)
def _not_found(request: HttpRequest, error: NotYours) -> Any:
    return api.create_response(request, {"code": "not_found", "message": _("Not found.")}, status=404)


@api.exception_handler(TooManyAttempts)
def _paused(request: HttpRequest, error: TooManyAttempts) -> Any:
    seconds = int(error.wait.total_seconds())
    message = _("Too many wrong keys from your network. Wait %(seconds)d seconds.") % {"seconds": seconds}
    response = api.create_response(request, {"code": "too_many_attempts", "message": message}, status=429)
    response["Retry-After"] = str(seconds)
    return response


@api.exception_handler(ReadingRefused)
def _refused(request: HttpRequest, error: ReadingRefused) -> Any:
    message = error_message(error)
    if isinstance(error, UnusuallyHigh):
        message += " " + _("Send again with confirmed_high if it is right.")
    return api.create_response(request, {"code": _code(error), "message": message}, status=422)


def _code(error: Exception) -> str:
    """A code for programs: the exception's name in snake case."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, error: AuthenticationError) -> Any:
    return api.create_response(
        request, {"code": "unauthorized", "message": _("Send a valid key: Authorization: Bearer KEY.")}, status=401
    )


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> Any:
    fields = "; ".join(f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors)
    return api.create_response(request, {"code": "invalid", "message": fields[:MOST_WORDS]}, status=422)


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> Any:
    code = "throttled" if error.status_code == HTTPStatus.TOO_MANY_REQUESTS else "bad_request"
    return api.create_response(request, {"code": code, "message": str(error)}, status=error.status_code)


@api.exception_handler(RateLimited)
def _too_often(request: HttpRequest, error: RateLimited) -> Any:
    response = api.create_response(request, {"code": "throttled", "message": error_message(error)}, status=429)
    response["Retry-After"] = str(error.seconds)
    return response


def _account(request: HttpRequest, number: str) -> Account:
    account = Account.objects.visible_to(request.auth).filter(number=number).first()  # type: ignore[attr-defined]
    if account is None:
        raise NotYours
    return account


@api.get("/accounts/", response={200: list[AccountOut], **REFUSALS}, summary="My accounts")
def list_accounts(request: HttpRequest) -> list[AccountOut]:
    """Accounts that the login holds now, with their balances."""
    accounts = accounts_of(request.auth)  # type: ignore[attr-defined]  # set by ninja
    owed = balances([account.pk for account in accounts])
    return [
        AccountOut(number=a.number, address=a.premises.address, balance=owed.get(a.pk, Decimal("0.00")))
        for a in accounts
    ]


@api.get("/accounts/{number}/meters/", response={200: list[MeterOut], **REFUSALS}, summary="Standing meters")
def list_meters(request: HttpRequest, number: str) -> list[MeterOut]:
    """Meters that stand today, each with its last accepted reading."""
    today = clock.today()
    meters = list(active_meters(_account(request, number), on=today))
    last = previous_values(meters, before=today + dt.timedelta(days=1))
    return [
        MeterOut(
            id=m.pk,
            service=m.service,
            place=m.place,
            serial_number=m.serial_number,
            digits=m.digits,
            verified_until=m.verified_until,
            last_value=last[m.pk].value,
            last_taken_on=last[m.pk].taken_on,
        )
        for m in meters
    ]


@api.get("/accounts/{number}/readings/", response={200: list[ReadingOut], **REFUSALS}, summary="Readings")
def list_readings(request: HttpRequest, number: str, since: dt.date | None = None) -> list[ReadingOut]:
    """Readings of the account's meters, newest first, at most 200."""
    readings = Reading.objects.filter(meter__account=_account(request, number)).order_by("-taken_on", "-pk")
    if since is not None:
        readings = readings.filter(taken_on__gte=since)
    return [_reading(reading) for reading in readings[:MOST_ROWS]]


@api.post(
    "/accounts/{number}/readings/",
    response={200: ReadingOut, **REFUSALS},
    summary="Send a reading",
)
def send_reading(request: HttpRequest, number: str, data: ReadingIn) -> ReadingOut:
    """Accepted inside the window only; the same value sent twice is one reading."""
    meter = _account(request, number).meters.filter(pk=data.meter).first()
    if meter is None:
        raise NotYours
    reading = submit_reading(
        meter=meter,
        value=data.value,
        moment=clock.now(),
        entered_by=request.auth,  # type: ignore[attr-defined]  # set by ninja
        confirmed_high=data.confirmed_high,
        confirmed_rollover=data.confirmed_rollover,
    )
    return _reading(reading)


@api.get("/accounts/{number}/ledger/", response={200: list[EntryOut], **REFUSALS}, summary="Ledger")
def list_entries(request: HttpRequest, number: str, offset: int = Query(0, ge=0, le=LAST_OFFSET)) -> list[EntryOut]:
    """Charges and payments that stand, with the balance after each, newest first, 200 at a time."""
    entries = entries_with_balance(_account(request, number)).order_by("-effective_on", "-pk")
    return [
        EntryOut(
            id=entry.pk,
            date=entry.effective_on,
            kind=entry.kind,
            amount=entry.amount,
            balance_after=entry.balance_after,
            period=entry.period,
        )
        for entry in entries[offset : offset + MOST_ROWS]
    ]


def _reading(reading: Reading) -> ReadingOut:
    return ReadingOut(
        number=reading.number,
        meter=reading.meter_id,
        value=reading.value,
        taken_on=reading.taken_on,
        source=reading.source,
        status=reading.status,
    )
