"""Questions about a number before it is stored: values and days that look mistyped. Pure."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

A_YEAR = dt.timedelta(days=366)
"""A number that begins or ends later than this from today is asked about."""


@dataclass(frozen=True, slots=True)
class Question:
    """Why somebody is asked, by `code`.

    times: how many times a value differs from the one in force. gone: there is no value any more. far, ends_far: a day
    more than a year ahead. back: a day earlier than such numbers usually begin. unusual, switched_off: a rule named by
    `label` that is not as the law has it (`old`).
    """

    code: str
    old: Decimal | None = None
    new: Decimal | None = None
    times: Decimal | None = None
    day: dt.date | None = None
    label: str = ""


def questions(
    *,
    old: Decimal | None = None,
    new: Decimal | None = None,
    may_be_none: bool = False,
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    expected_from: dt.date | None = None,
    today: dt.date,
    factor: Decimal,
) -> list[Question]:
    """Return what to ask about a number that is to follow `old` from a day until a day (both inclusive).

    `expected_from`: an earlier day is asked about. `may_be_none`: `new` of None is a value, «none any more».
    """
    raised = []
    if old and new and (times := max(new / old, old / new)) > factor:
        raised.append(Question("times", old=old, new=new, times=times.quantize(Decimal("0.1"), ROUND_HALF_UP)))
    if old and new is None and may_be_none:
        raised.append(Question("gone", old=old))
    if valid_from > today + A_YEAR:
        raised.append(Question("far", day=valid_from))
    if expected_from is not None and valid_from < expected_from:
        raised.append(Question("back", day=valid_from))
    if valid_until is not None and valid_until > today + A_YEAR:
        raised.append(Question("ends_far", day=valid_until))
    return raised
