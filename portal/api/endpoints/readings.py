"""Readings: the history, and sending one."""

import datetime as dt
from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_noop as _
from ninja import Header, Query, Router

from portal.accounts.enums import ApiScope
from portal.accounts.models import Account
from portal.api.auth import ApiRequest, KeyAuth
from portal.api.cursors import after, link_next, read_cursor
from portal.api.endpoints.common import AccountId, Cursor, Limit, own_account
from portal.api.endpoints.windows import window_out
from portal.api.idempotency import Answer, answer_once
from portal.api.problems import Problem, problem_response, refusal
from portal.api.schemas import DEFAULT_PAGE, ReadingIn, ReadingOut, ReadingResult
from portal.core import clock
from portal.core.calendars import next_window
from portal.core.formatting import date_text
from portal.metering.exceptions import ReadingRefused, ReadingWindowClosed
from portal.metering.models import Reading
from portal.metering.selectors import HistoryRow, reading_rows
from portal.metering.services import Sent, submit_readings

router = Router(tags=["readings"])
Since = Annotated[dt.date | None, Query(description=_("Readings of this day and later"))]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        pattern="^[A-Za-z0-9._:-]*$",
        description=_("Any name of this request: a repeat with it within 24 hours gets the same answer"),
    ),
]


def _position(row: HistoryRow) -> tuple[str, int]:
    return row.reading.taken_on.isoformat(), row.reading.pk


@router.get(
    "/accounts/{account}/readings/",
    auth=KeyAuth(ApiScope.READ),
    response={HTTPStatus.OK: list[ReadingOut]},
    summary=_("Readings"),
)
def list_readings(
    request: ApiRequest,
    response: HttpResponse,
    account: AccountId,
    since: Since = None,
    limit: Limit = DEFAULT_PAGE,
    cursor: Cursor = "",
) -> list[ReadingOut]:
    """Readings of the account's meters, those that were replaced too, newest first."""
    position = read_cursor(request, cursor)
    rows = reading_rows(own_account(request, account))
    rows = [row for row in rows if since is None or row.reading.taken_on >= since]
    page = link_next(request, response, after(rows, position, _position), limit=limit, position=_position)
    return [ReadingOut(**_reading_fields(row.reading), volume=row.volume) for row in page]


@router.post(
    "/accounts/{account}/readings/",
    auth=KeyAuth(ApiScope.READINGS),
    response={HTTPStatus.OK: ReadingResult},
    summary=_("Send a reading"),
)
def send_reading(
    request: ApiRequest, account: AccountId, data: ReadingIn, idempotency_key: IdempotencyKey = ""
) -> HttpResponse:
    """Accepted inside the window, one reading of a meter a month; another value replaces it. The same value is one."""
    own = own_account(request, account)

    def run() -> Answer:
        return _send(request, own, data)

    if not idempotency_key:
        return run().response()
    return answer_once(request, key=idempotency_key, run=run)


def _send(request: ApiRequest, account: Account, data: ReadingIn) -> Answer:
    """Send one reading as the cabinet does: everybody who holds the account is notified of an accepted one."""
    meter = account.meters.filter(pk=data.meter).first()
    if meter is None:
        raise Problem("not_found", translated("The account has no such meter."))
    moment = clock.now()
    sent = Sent(
        meter=meter,
        value=data.value,
        confirmed_high=data.confirmed_high,
        confirmed_rollover=data.confirmed_rollover,
    )
    try:
        outcome = submit_readings(account=account, sent=[sent], moment=moment, entered_by=request.auth)
    except ReadingWindowClosed as error:
        return _refusal_answer(request, error, moment.date())
    if meter.pk in outcome.refused:
        return _refusal_answer(request, outcome.refused[meter.pk], moment.date())
    result = _accepted_result(account, outcome.accepted[meter.pk], moment.date())
    return Answer(HTTPStatus.OK, result.model_dump(mode="json"))


def _refusal_answer(request: ApiRequest, error: ReadingRefused, today: dt.date) -> Answer:
    problem = refusal(error, next_window=window_out(today).model_dump(mode="json"))
    return Answer.of(problem_response(request, problem))


def _accepted_result(account: Account, reading: Reading, today: dt.date) -> ReadingResult:
    month = next_window(today)
    row = next(row for row in reading_rows(account, meter_id=reading.meter_id) if row.reading.pk == reading.pk)
    result = "flagged" if reading.flags else "accepted"
    message = {
        "accepted": translated("Accepted. It is charged on %(day)s; until %(until)s you may send another value."),
        "flagged": translated(
            "Accepted, and our staff will look at it. It is charged on %(day)s; until %(until)s you may send another "
            "value."
        ),
    }[result]
    return ReadingResult(
        **_reading_fields(reading),
        volume=row.volume,
        result=result,
        message=message % {"day": date_text(month.closing_day), "until": date_text(month.window_closes)},
        flags=reading.flags,
        counts_for=month.period.first_day,
        counts_on=month.closing_day,
        may_change_until=month.window_closes,
        next_window=window_out(month.window_closes + dt.timedelta(days=1)),
    )


def _reading_fields(reading: Reading) -> dict[str, Any]:
    return {
        "number": reading.number,
        "meter": reading.meter_id,
        "value": reading.value,
        "taken_on": reading.taken_on,
        "source": reading.source,
        "status": reading.status,
    }
