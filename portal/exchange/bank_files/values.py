"""Sums, dates and periods as banks write them."""

import datetime as dt
import re
from decimal import Decimal

_SPACES = re.compile(r"[\s\u00a0\u202f']")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_PERIOD_FORMS = (
    (re.compile(r"(\d{2})(\d{2})"), (1, 2)),
    (re.compile(r"(\d{2})[./]?(\d{4})"), (1, 2)),
    (re.compile(r"\d{2}[./](\d{2})[./](\d{4})"), (1, 2)),
    (re.compile(r"(\d{4})-?(\d{2})(?:-\d{2})?"), (2, 1)),
)
MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


def parse_sum(text: str, *, decimal_sign: str) -> Decimal | None:
    """A sum in ₽, negative ones too; thousands may be parted. None when it is not a sum in whole kopecks."""
    bare = _SPACES.sub("", text).replace("−", "-").removesuffix("RUB").removesuffix("₽").removesuffix("руб.")
    if "," in bare and "." in bare:
        last = max(bare.rfind(","), bare.rfind("."))
        bare = re.sub(r"[.,]", "", bare[:last]) + "." + bare[last + 1 :]
    elif bare.count(decimal_sign) == 1:
        bare = bare.replace(decimal_sign, ".")
    else:
        bare = bare.replace(",", ".")
    if not _NUMBER.fullmatch(bare) or len(bare) > 18:
        return None
    amount = Decimal(bare)
    return amount.quantize(Decimal("0.01")) if amount == round(amount, 2) and abs(amount) < 10**10 else None


def parse_date(text: str, *, formats: str) -> dt.date | None:
    """A date by the template's format; one with a time is cut."""
    bare = text.strip()
    for form in (formats, formats.split(" ", maxsplit=1)[0]):
        for shown in (bare, bare.split(" ")[0]):
            try:
                return dt.datetime.strptime(shown, form).date()  # noqa: DTZ007 (a date of a Moscow bank, no moment)
            except ValueError:
                continue
    return None


def parse_period(text: str) -> dt.date | None:
    """A month in one of the forms met in the wild: MMYY, MMYYYY, YYYY-MM, MM.YYYY, with a day, in words."""
    bare = text.strip().lower()
    for form, (month_group, year_group) in _PERIOD_FORMS:
        match = form.fullmatch(bare)
        if match is None:
            continue
        month, year = int(match[month_group]), int(match[year_group])
        year += 2000 if year < 100 else 0
        if 1 <= month <= 12 and 1990 < year < 2200:
            return dt.date(year, month, 1)
    named_month = re.fullmatch(r"([а-я]+)\s+(\d{4})(?:\s*г\.?)?", bare)
    if named_month is not None:
        for number, beginning in enumerate(MONTHS, 1):
            if named_month[1].startswith(beginning):
                return dt.date(int(named_month[2]), number, 1)
    return None
