"""Terms, hints of personal data, hints of doubles. Pure: text and dates in, answers out."""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from portal.billing.calculation.workdays import is_working

PHONE = re.compile(r"(?:\+7|\b[78])[\s\-(]*\d{3}[\s\-)]*\d{3}[\s\-]*\d{2}[\s\-]*\d{2}\b")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\w")
FLAT = re.compile(r"\b(?:кв|квартир[аеуы]|к)\b\.?\s*№?\s*\d{1,4}\b", re.IGNORECASE)
HOUSE = re.compile(r"\b(?:дом|д)\b\.?\s*№?\s*\d{1,4}[а-яa-z]?(?:\s*(?:к|корп)\.?\s*\d+)?", re.IGNORECASE)
PASSPORT = re.compile(r"\b\d{2}\s?\d{2}\s?№?\s?\d{6}\b")
CARD = re.compile(r"\b(?:\d{4}[\s-]?){3}\d{4}\b")
ACCOUNT = re.compile(r"\b\d{7,12}\b")
SURNAME = re.compile(r"\b[А-ЯЁ][а-яё]+(?:ова|ева|ина|ская|ов|ев|ин|ский|енко)\s+[А-ЯЁ](?:[а-яё]+|\.)")
SIMILAR_ENOUGH = 0.45


@dataclass(frozen=True, slots=True)
class Hint:
    """Something in a text that looks like personal data."""

    kind: str
    text: str
    start: int


def personal_data(text: str, *, names: Collection[str] = ()) -> list[Hint]:
    """Return what looks like a phone, an e-mail, an account, a flat, a card, a passport or a given surname, in order.

    A flat and a house are hints too: they name a person's home. `names` are words that must not stand in public.
    """
    hints: list[Hint] = []
    marked: list[tuple[int, int]] = []
    kinds = (
        ("email", EMAIL),
        ("phone", PHONE),
        ("card", CARD),
        ("passport", PASSPORT),
        ("account", ACCOUNT),
        ("flat", FLAT),
        ("name", SURNAME),
    )
    for kind, pattern in kinds:
        for match in pattern.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end in marked):
                hints.append(Hint(kind, match.group().strip(), match.start()))
                marked.append(match.span())
    for name in names:
        stem = name[: max(4, len(name) - 2)]
        if len(name) < 4:
            continue
        for match in re.finditer(rf"\b{re.escape(stem)}\w*", text, re.IGNORECASE):
            if not any(start < match.end() and match.start() < end for start, end in marked):
                hints.append(Hint("name", match.group(), match.start()))
                marked.append(match.span())
    return sorted(hints, key=lambda hint: hint.start)


def without_personal_data(text: str, *, names: Collection[str] = ()) -> str:
    """A wording for the public to begin with: every hint replaced by «[…]»."""
    for hint in reversed(personal_data(text, names=names)):
        text = text[: hint.start] + "[…]" + text[hint.start + len(hint.text) :]
    return text


def due_day(
    received: dt.date, *, quality: bool, quality_days: int, other_days: int, transferred: Mapping[dt.date, bool]
) -> dt.date:
    """The last day of the answer: working days for the quality of the service, calendar days for the rest.

    Counted from the day after the receipt (ГК 191); Rules 354, п. 31 set three working days.
    """
    if not quality:
        return received + dt.timedelta(days=other_days)
    day, left = received, quality_days
    while left:
        day += dt.timedelta(days=1)
        left -= is_working(day, transferred)
    return day


def likeness(first: Collection[str], second: Collection[str]) -> float:
    """Return how alike two texts are by their words in dictionary form, 0 to 1 (Jaccard)."""
    words, other_words = set(first), set(second)
    return len(words & other_words) / len(words | other_words) if words and other_words else 0.0
