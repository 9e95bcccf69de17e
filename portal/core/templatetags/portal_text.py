"""Template filters over portal.core.formatting: `{{ amount|money }}`, `{{ date|day }}`, `{{ volume|m3 }}`."""

import datetime as dt
from decimal import Decimal

from django import template

from portal.core import formatting
from portal.core.periods import Period
from portal.core.service_catalogue import declaration

register = template.Library()


@register.filter
def money(amount: Decimal | None) -> str:
    """«1 240,50 ₽»; empty for None."""
    return "" if amount is None else formatting.money_text(amount)


@register.filter
def m3(volume: Decimal | None) -> str:
    """«6,335 м³»; empty for None."""
    return "" if volume is None else formatting.volume_text(volume)


@register.filter
def number(value: Decimal | None, places: int = 2) -> str:
    """A number with the decimal comma and `places` decimals; empty for None."""
    return "" if value is None else formatting.number_text(value, places)


@register.filter
def exact(value: Decimal | None) -> str:
    """«64,84», «4,331», «10»: a number without trailing zeros; empty for None."""
    return "" if value is None else formatting.exact_text(value)


@register.filter
def day(date: dt.date | dt.datetime | None) -> str:
    """«20 ноября»; with the year when it is not this one."""
    return "" if date is None else formatting.date_text(date)


@register.filter
def day_year(date: dt.date | dt.datetime | None) -> str:
    """«20 ноября 2026»."""
    return "" if date is None else formatting.date_text(date, year=True)


@register.filter
def clock_time(moment: dt.datetime | None) -> str:
    """«8:12», Moscow time."""
    return "" if moment is None else formatting.time_text(moment)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """«20 ноября, 8:12», Moscow time; with the year when it is not this one."""
    return "" if value is None else formatting.moment_text(value)


@register.filter
def moment_year(value: dt.datetime | None) -> str:
    """«20 ноября 2026, 8:12», Moscow time."""
    return "" if value is None else formatting.moment_text(value, year=True)


@register.filter
def moment_span(starts: dt.datetime, ends: dt.datetime) -> str:
    """«20 ноября, 8:12–14:00», Moscow time."""
    return formatting.moment_span_text(starts, ends)


@register.filter
def month(period: dt.date | None) -> str:
    """«октябрь 2026»."""
    return "" if period is None else formatting.period_text(period)


@register.filter
def days(count: int) -> str:
    """«5 дней»."""
    return formatting.days_text(count)


@register.filter
def month_name(period: dt.date | Period) -> str:
    """«ноябрь»."""
    return formatting.month_name(period)


@register.filter
def phone(number_as_stored: str | None) -> str:
    """«+7 916 123-45-01»; empty for None."""
    return formatting.phone_text(number_as_stored) if number_as_stored else ""


@register.filter
def recorded(value: str | None) -> str:
    """A value as the audit stores it: a telephone number in groups, «№» on one line with its number."""
    return formatting.phone_text(str(value)).replace("№ ", f"№{formatting.NBSP}") if value else ""


@register.filter
def unbroken(address: object) -> str:
    """«б‑р Красногорский, 17»: with hyphens at which no line breaks."""
    return str(address).replace("-", "\u2011")


@register.filter
def service_icon(key: str) -> str:
    """The name of a service's icon, for the tag `icon`."""
    return declaration(key).icon


@register.simple_tag
def m3_sign() -> str:
    """«м³»."""
    return formatting.volume_unit()
