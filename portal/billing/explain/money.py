"""Explanation of the sum of a line: a volume at a rate, hours without water, days of delay."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.billing.calculation.explanations import Penalties, RatePart, Reduction
from portal.billing.calculation.units import FACTOR_SCALE
from portal.billing.explain.texts import day_text, decimal_text, price_text
from portal.billing.models import Charge
from portal.core.formatting import NBSP, date_text, money_text, number_text, volume_text
from portal.core.money import from_kopecks


def priced(charge: Charge, part: RatePart | None) -> list[str]:
    """The volume at its rate, and since when the rate is in force; nothing for a line without a volume."""
    if charge.volume is None or charge.price is None:
        return []
    sentences = []
    if part is not None:
        sentences.append(
            _("The rate changed within the month: this part is for days %(first)d–%(last)d.")
            % {"first": part.first, "last": part.last}
        )
    sentences.append(
        _("%(volume)s × %(price)s ₽ = %(amount)s, rounded to a kopeck.")
        % {
            "volume": volume_text(charge.volume),
            "price": price_text(charge.price),
            "amount": money_text(charge.amount),
        }
    )
    if charge.rate is not None:
        source = charge.rate.source.replace("№ ", f"№{NBSP}")
        since = date_text(charge.rate.valid_from, year=True)
        sentences.append(_("Rate in force from %(day)s: %(source)s.") % {"day": since, "source": source})
    return sentences


def outage(why: Reduction) -> list[str]:
    """Return what is taken off for hours without water (Rules 354, Annex 1)."""
    interruptions = "; ".join(f"{_moment(start)} – {_moment(end)}" for start, end in why.interruptions)
    sentences = [
        _("Without water: %(breaks)s.") % {"breaks": interruptions},
        _(
            "Beyond 4 hours at once: %(beyond)s h; beyond 8 hours in the month: %(total)s h; the larger counts, "
            "rounded up: %(hours)d h."
        )
        % {
            "beyond": _hours(why.beyond),
            "total": _hours(max(0, why.total - 480)),
            "hours": why.hours,
        },
        _("0.15 %% of %(charged)s for each hour is taken off (Rules 354, Annex 1).")
        % {"charged": money_text(from_kopecks(why.charged))},
    ]
    if why.taken_off:
        sentences.append(_("%(sum)s was deducted earlier.") % {"sum": money_text(from_kopecks(-why.taken_off))})
    return sentences


def _hours(minutes: int) -> str:
    return number_text(Decimal(minutes) / 60, 2)


def _moment(text: str) -> str:
    moment = dt.datetime.fromisoformat(text)
    return f"{date_text(moment.date())} {moment:%H:%M}"


def penalty(why: Penalties, total: Decimal) -> list[str]:
    """The days of delay of each part of a debt and its penalty; `total` of them all, ₽."""
    sentences = [_("The debt was due on %(day)s.") % {"day": day_text(why.due)}]
    capped: dict[int, int] = {}
    for amount, first, last, yearly, early, late, paid_on, key_rate in why.parts:
        if key_rate is not None:
            capped[yearly] = key_rate
        days: list[str] = []
        if early:
            days.append(_("%(days)d days at 1/300") % {"days": early})
        if late:
            days.append(_("%(days)d days at 1/130") % {"days": late})
        sentences.append(
            _template_of_part(amount, paid_on)
            % {
                "sum": money_text(from_kopecks(amount)),
                "paid": day_text(paid_on) if paid_on else "",
                "first": first,
                "last": last,
                "days": ", ".join(days),
                "rate": decimal_text(yearly, FACTOR_SCALE, 1),
                "penalty": _part_of_penalty(amount, yearly, early, late),
            }
        )
    if len(why.parts) > 1:
        sentences.append(_("The parts add up and are rounded to a kopeck once: %(sum)s.") % {"sum": money_text(total)})
    sentences += [
        _("The key rate is %(key)s %%, but %(cap)s %% is the most that may be taken (limit set by the Government).")
        % {"key": decimal_text(key, FACTOR_SCALE, 1), "cap": decimal_text(cap, FACTOR_SCALE, 1)}
        for cap, key in capped.items()
    ]
    sentences.append(_("The first 30 days bear no penalty (Housing Code, art. 155 part 14)."))
    return sentences


def _template_of_part(amount: int, paid_on: str | None) -> str:
    if paid_on:
        return _(
            "%(sum)s paid on %(paid)s: days %(first)d–%(last)d of delay, %(days)s of %(rate)s %% a year: %(penalty)s."
        )
    if amount < 0:
        return _(
            "%(sum)s by a correction: days %(first)d–%(last)d of delay, %(days)s of %(rate)s %% a year: %(penalty)s."
        )
    return _("%(sum)s still open: days %(first)d–%(last)d of delay, %(days)s of %(rate)s %% a year: %(penalty)s.")


def _part_of_penalty(amount: int, yearly: int, early: int, late: int) -> str:
    """₽ of a part of a penalty, to a hundredth of a kopeck: the whole is rounded once."""
    weight = Decimal(amount) * yearly / FACTOR_SCALE / 100 / 100
    return f"{number_text(weight * early / 300 + weight * late / 130, 4)}{NBSP}₽"
