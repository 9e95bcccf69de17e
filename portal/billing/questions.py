"""What a number is asked about before it is taken: values and days that a slip of the finger writes. Pure."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FAR_AHEAD = dt.timedelta(days=366)
"""A number that begins later than this is asked about."""


@dataclass(frozen=True, slots=True)
class Question:
    """Why somebody is asked: `code` is times (how many times a value differs from the one in force) or far (a day)."""

    code: str
    old: Decimal | None = None
    new: Decimal | None = None
    times: Decimal | None = None
    day: dt.date | None = None


def questions(
    *, old: Decimal | None, new: Decimal | None, valid_from: dt.date, today: dt.date, factor: Decimal
) -> list[Question]:
    """What to ask about a number that is to follow `old` from a day on (inclusive)."""
    asked = []
    if old and new and (times := max(new / old, old / new)) > factor:
        asked.append(Question("times", old=old, new=new, times=times.quantize(Decimal("0.1"), ROUND_HALF_UP)))
    if valid_from > today + FAR_AHEAD:
        asked.append(Question("far", day=valid_from))
    return asked
