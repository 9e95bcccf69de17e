"""Formatting of dates, sums and volumes: «20 ноября», «1 240,50 ₽», «6,335 м³». In one place."""

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import translation

from portal.core import clock
from portal.core.clock import MOSCOW
from portal.core.money import cubic_metres, roubles
from portal.core.periods import Period

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

NBSP = "\u00a0"
MINUS = "\u2212"
MONTHS_OF = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
MONTHS = (
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
)
MONTHS_IN = (
    "январе",
    "феврале",
    "марте",
    "апреле",
    "мае",
    "июне",
    "июле",
    "августе",
    "сентябре",
    "октябре",
    "ноябре",
    "декабре",
)
MONTHS_SHORT = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _english() -> bool:
    return (translation.get_language() or "ru").startswith("en")


def month_name(period: Period | dt.date, *, case: str = "nominative") -> str:
    """«октябрь», with case="genitive" «октября», with case="locative" «октябре»; in English the English name."""
    if _english():
        return MONTHS_EN[period.month - 1]
    names = {"nominative": MONTHS, "genitive": MONTHS_OF, "locative": MONTHS_IN}[case]
    return names[period.month - 1]


def month_short(period: Period | dt.date) -> str:
    """«окт», under the bars of a chart; in English «Oct»."""
    return MONTHS_EN[period.month - 1][:3] if _english() else MONTHS_SHORT[period.month - 1]


def period_text(period: Period | dt.date) -> str:
    """«октябрь 2026»."""
    return f"{month_name(period)}{NBSP}{period.year}"


def date_text(date: dt.date | dt.datetime, *, year: bool | None = None, today: dt.date | None = None) -> str:
    """«20 ноября»; with the year when it is not the year of `today` (the business date unless given).

    `year` True or False: always, or never, with the year.
    """
    if isinstance(date, dt.datetime):
        date = clock.date_of(date)
    shown = f"{date.day}{NBSP}{month_name(date, case='genitive')}"
    if year or (year is None and (today or clock.today()).year != date.year):
        shown += f"{NBSP}{date.year}"
    return shown


def time_text(moment: dt.datetime) -> str:
    """«8:12», Moscow time."""
    local = moment.astimezone(MOSCOW)
    return f"{local.hour}:{local.minute:02}"


def moment_text(moment: dt.datetime, *, year: bool | None = None) -> str:
    """«20 ноября, 8:12», Moscow time; the year as in `date_text`."""
    return f"{date_text(moment, year=year)}, {time_text(moment)}"


def moment_span_text(starts: dt.datetime, ends: dt.datetime) -> str:
    """«20 ноября, 8:12–14:00»; with the second day where it is another."""
    same = clock.date_of(starts) == clock.date_of(ends)
    return f"{moment_text(starts)}–{time_text(ends)}" if same else f"{moment_text(starts)} – {moment_text(ends)}"


def _grouped(number: Decimal, places: int) -> str:
    digits = f"{abs(number):,.{places}f}"
    if not _english():
        digits = digits.replace(",", NBSP).replace(".", ",")
    return (MINUS if number < 0 else "") + digits


def money_text(amount: Decimal, *, unit: bool = True) -> str:
    """«1 240,50 ₽» with no-break spaces; without the sign when unit is false."""
    return _grouped(roubles(amount), 2) + (f"{NBSP}₽" if unit else "")


def volume_text(volume: Decimal, *, unit: bool = True) -> str:
    """«6,335 м³» with a no-break space."""
    return _grouped(cubic_metres(volume), 3) + (f"{NBSP}{volume_unit()}" if unit else "")


def volume_unit() -> str:
    """«м³»; in English «m³»."""
    return "m³" if _english() else "м³"


def number_text(value: Decimal, places: int) -> str:
    """A plain number with so many places, decimal comma in Russian."""
    return _grouped(value, places)


def exact_text(value: Decimal, *, least: int = 0) -> str:
    """«64,84», «4,331»: all the digits that say something, at least so many after the comma."""
    exponent = value.normalize().as_tuple().exponent
    return number_text(value, max(least, -exponent if isinstance(exponent, int) else 0))


def phone_text(number: str) -> str:
    """«+7 916 123-45-01»; what is no Russian number stays as it was written."""
    digits = re.fullmatch(r"\+7(\d{3})(\d{3})(\d{2})(\d{2})", number)
    return f"+7{NBSP}{digits[1]}{NBSP}{'-'.join(digits.groups()[1:])}" if digits else number


def plural(number: int, one: str, few: str, many: str) -> str:
    """The Russian word form for a count: 1 день, 2 дня, 5 дней."""
    tens, ones = abs(number) % 100, abs(number) % 10
    if ones == 1 and tens != 11:
        return one
    return few if 2 <= ones <= 4 and not 12 <= tens <= 14 else many


def days_text(number: int) -> str:
    """«5 дней»."""
    if _english():
        return f"{number}{NBSP}{'day' if number == 1 else 'days'}"
    return f"{number}{NBSP}{plural(number, 'день', 'дня', 'дней')}"


def user_name(user: "AbstractBaseUser | None") -> str:
    """The full name of a login's holder, or the login where there is no name; empty for None."""
    return (getattr(user, "get_full_name", str)() or user.get_username()) if user is not None else ""
