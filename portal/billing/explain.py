"""From stored reasons to sentences. Nothing is computed anew here: every number is the one that was used."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from portal.accounts.enums import Service
from portal.billing.calculation.units import (
    FACTOR_SCALE,
    NORM_SCALE,
    cubic_metres,
    roubles,
)
from portal.billing.enums import Basis, ChargeKind
from portal.billing.models import Charge
from portal.core.formatting import (
    NBSP,
    date_text,
    days_text,
    exact_text,
    money_text,
    month_name,
    number_text,
    period_text,
    volume_text,
)
from portal.core.periods import Period
from portal.metering.enums import Source

Why = Mapping[str, Any]


def sentences(charge: Charge) -> list[str]:
    """Why a line is what it is, in order: the basis, the volume, the rate, the sum."""
    why: Why = charge.explanation
    if charge.kind == ChargeKind.PENALTY:
        return _penalty(why, charge.amount)
    if charge.kind == ChargeKind.OUTAGE:
        return _outage(why)
    said = _recalculation(charge, why) if charge.kind == ChargeKind.RECALCULATION else _charge(charge, why)
    return [*said, *_priced(charge, why)]


def day_text(text: str) -> str:
    """«15 марта 2026» from a stored ISO day."""
    return date_text(dt.date.fromisoformat(text), year=True)


def _value(litres: int) -> str:
    return volume_text(cubic_metres(litres), unit=False)


def litres_of(volume: Decimal) -> int:
    """Whole litres of a volume in m³."""
    return int(volume * 1000)


def _volume(litres: int) -> str:
    return volume_text(cubic_metres(litres))


def _charge(charge: Charge, why: Why) -> list[str]:
    if "components" in why:
        return _components(why)
    said: list[str] = []
    if charge.basis == Basis.READING:
        said += _meters(why)
        if "span" in why:
            said.append(_share_of(Period.of(charge.for_period), litres_of(_whole_volume(charge, why)), why))
    elif charge.basis == Basis.AVERAGE:
        said += [*_why_estimated(why), _average(charge, why)]
    else:
        said += [*_why_estimated(why), *_why_no_average(why), *_norm(charge, why)]
    return said


def _source(code: str) -> str:
    special = {
        "start": _("at the start of counting"),
        "closing": _("when the meter was removed"),
        "verification": _("on the day of the verification"),
        "resident": _("sent by the resident"),
    }
    if code in special:
        return special[code]
    return str(Source(code).label).lower() if code in Source.values else code


def _meters(why: Why) -> list[str]:
    said = []
    for label, start, start_day, start_source, end, end_day, end_source, run in why.get("meters", ()):
        turned = end < start and run > 0
        text = _(
            "Meter No. %(meter)s: reading %(end)s of %(end_day)s (%(end_source)s) minus %(start)s of %(start_day)s "
            "(%(start_source)s): %(volume)s."
        ) % {
            "meter": label,
            "end": _value(end),
            "end_day": day_text(end_day),
            "end_source": _source(end_source),
            "start": _value(start),
            "start_day": day_text(start_day),
            "start_source": _source(start_source),
            "volume": _volume(run),
        }
        said.append(
            text + (" " + _("The meter turned past its last digit and counted on from zero.") if turned else "")
        )
    if len(why.get("meters", ())) > 1:
        said.append(_("The meters of one service add up."))
    if "span" in why:
        said.append(_span(why))
    return said


def _span(why: Why) -> str:
    first, last, total, days = why["span"]
    return _(
        "No readings came for some months, so the volume from %(first)s to %(last)s, %(total)s, is spread over the "
        "days of these months, %(days)s in all (the company's procedure)."
    ) % {"first": _month(first), "last": _month(last), "total": _volume(total), "days": days_text(days)}


def _share_of(month: Period, volume: int, why: Why) -> str:
    """«12,054 × 31 ÷ 90 дней = 4,152 м³»; the last month takes what the others leave."""
    _first, last, total, days = why["span"]
    if str(month) == last:
        return _("The last month takes what the others leave: %(volume)s.") % {"volume": _volume(volume)}
    return _("For %(month)s: %(total)s × %(own)d ÷ %(days)d days = %(volume)s.") % {
        "month": _month(str(month)),
        "total": _value(total),
        "own": month.days,
        "days": days,
        "volume": _volume(volume),
    }


def _month(text: str) -> str:
    return period_text(Period.parse(text))


UNSOUND = {
    "expired": gettext_noop("Verification of meter No. %(meter)s was valid until %(day)s: its readings do not count."),
    "out_of_order": gettext_noop("Meter No. %(meter)s is out of order since %(day)s: its readings do not count."),
    "removed": gettext_noop("Meter No. %(meter)s was removed on %(day)s without a closing reading (cl. 59)."),
}
"""Why a meter's readings do not count, by the code that the calculation stores."""


def _why_estimated(why: Why) -> list[str]:
    if "unsound" in why:
        said = []
        for label, reason, day in why["unsound"]:
            said.append(_(UNSOUND[reason]) % {"meter": label, "day": day_text(day)})
        return said
    if "no_meter" in why:
        return [_("No meter stands for this service.")]
    if "no_reading" in why:
        count = why["no_reading"]
        return [
            ngettext(
                "No readings came this month: %(count)d month in a row.",
                "No readings came this month: %(count)d months in a row.",
                count,
            )
            % {"count": count}
        ]
    return []


def _why_no_average(why: Why) -> list[str]:
    """Why the norm applies and not the average, where a meter stands."""
    if "average_used_up" in why:
        month, limit = why["average_used_up"]
        return [
            ngettext(
                "The average stands for %(limit)d month in a row at most, this is month %(month)d without "
                "a volume that counts: so the norm (Rules 354, cl. 60).",
                "The average stands for %(limit)d months in a row at most, this is month %(month)d without "
                "a volume that counts: so the norm (Rules 354, cl. 60).",
                limit,
            )
            % {"limit": limit, "month": month}
        ]
    if "too_little_known" in why:
        known, needed = why["too_little_known"]
        return [
            _("An average needs %(needed)d months with readings, there are %(known)d: so the norm (Rules 354, cl. 59).")
            % {"needed": needed, "known": known}
        ]
    return []


def _why_raised(why: Why) -> str:
    if "unsound" in why:
        return _("The coefficient applies because the readings of the meter do not count (Rules 354, cl. 60).")
    return _("The coefficient applies because a meter can be mounted here and none stands (Rules 354, cl. 42).")


def _average(charge: Charge, why: Why) -> str:
    used = why["averaged"]
    listed = " + ".join(_value(volume) for _label, volume in used)
    return _(
        "The average of %(count)d metered months (%(first)s – %(last)s): (%(listed)s) ÷ %(count)d = %(volume)s "
        "(Rules 354, cl. 59)."
    ) % {
        "count": len(used),
        "first": _month(used[0][0]),
        "last": _month(used[-1][0]),
        "listed": listed,
        "volume": volume_text(_whole_volume(charge, why)),
    }


def _whole_volume(charge: Charge, why: Why) -> Decimal:
    """The month's volume; that of a line cut at a change of the rate is stored with it."""
    if "piece" in why:
        return cubic_metres(why["piece"][2])
    return charge.volume if charge.volume is not None else Decimal(0)


def _norm(charge: Charge, why: Why) -> list[str]:
    said = [
        _("Norm %(norm)s m³ per person × %(persons)s = %(volume)s (Rules 354, cl. 42, 60).")
        % {
            "norm": decimal_text(why["norm"], NORM_SCALE, 3),
            "persons": _persons(why),
            "volume": _volume(why["unraised"]) if "unraised" in why else volume_text(_whole_volume(charge, why)),
        }
    ]
    if "days" in why:
        first, last, days = why["days"]
        said.append(
            _("Counted by days: days %(first)d–%(last)d of %(days)d in the month.")
            % {"first": first, "last": last, "days": days}
        )
    if "factor" in why:
        said.append(
            _("Raised by the coefficient %(factor)s: %(volume)s; the coefficient adds %(added)s.")
            % {
                "factor": decimal_text(why["factor"], FACTOR_SCALE, 1),
                "volume": volume_text(_whole_volume(charge, why)),
                "added": volume_text(_whole_volume(charge, why) - cubic_metres(why["unraised"])),
            }
        )
        said.append(_why_raised(why))
    return said


def decimal_text(parts: int, scale: int, places: int) -> str:
    """A number stored as whole parts of 1/scale, with at least so many places: «4,331»."""
    number = Decimal(parts) / scale
    exponent = number.normalize().as_tuple().exponent
    needed = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return number_text(number, max(places, needed))


def _persons(why: Why) -> str:
    persons = why["persons"]
    if isinstance(persons, int):
        return ngettext("%(count)d person", "%(count)d persons", persons) % {"count": persons}
    spells = [
        _("%(count)d on days %(first)d–%(last)d") % {"count": count, "first": first, "last": last}
        for first, last, count in persons
    ]
    return _("persons by days (%(spells)s)") % {"spells": "; ".join(spells)}


def _components(why: Why) -> list[str]:
    words: dict[str, str] = {
        Basis.READING: _("by the meter"),
        Basis.AVERAGE: _("by the average"),
        Basis.NORM: _("by the norm, not raised"),
    }
    parts = [
        f"{Service(service).label.lower()} {_value(volume)} ({words[basis]})"
        for service, basis, volume in why["components"]
    ]
    total = sum(volume for _service, _basis, volume in why["components"])
    return [
        _("Wastewater is as much as the water supplied: %(parts)s = %(total)s.")
        % {"parts": " + ".join(parts), "total": _volume(total)}
    ]


def _recalculation(charge: Charge, why: Why) -> list[str]:
    month = _month(f"{charge.for_period:%Y-%m}")
    if "act" in why:
        return _tampering(charge, why)
    said = _components(why) if "components" in why else _meters(why)
    if "span" in why:
        said.append(_share_of(Period.of(charge.for_period), why["share"], why))
    if "reason" in why:
        said.append(_reason(why["reason"]))
    said.append(
        _("For %(month)s %(share)s is due and %(was)s was charged: the difference is %(volume)s.")
        % {
            "month": month,
            "share": _volume(why["share"]),
            "was": _volume(why["was"]),
            "volume": volume_text(_whole_volume(charge, why)),
        }
    )
    return said


def _reason(code: str) -> str:
    reasons = {
        "known_later": _("Something about this month became known only after it was closed."),
        "on_demand": _("This month was worked out anew."),
    }
    return reasons.get(code, code)


def _tampering(charge: Charge, why: Why) -> list[str]:
    said = [
        _(
            "Act of tampering %(act)s, from %(first)s to %(last)s: norm %(norm)s × 10 × persons × %(days)d ÷ %(whole)d "
            "days = %(target)s (Rules 354, cl. 62)."
        )
        % {
            "act": why["act"],
            "first": day_text(why["from"]),
            "last": day_text(why["to"]),
            "norm": decimal_text(why["norm"], NORM_SCALE, 3),
            "days": (dt.date.fromisoformat(why["to"]) - dt.date.fromisoformat(why["from"])).days + 1,
            "whole": Period.of(charge.for_period).days,
            "target": _volume(why["target"]),
        }
    ]
    if "more" in why:
        said.append(
            _("The meter counted more for these days: %(more)s; it stays at that.") % {"more": _volume(why["more"])}
        )
    said.append(
        _("For these days %(was)s was charged: the difference is %(volume)s.")
        % {"was": _volume(why["was"]), "volume": volume_text(_whole_volume(charge, why))}
    )
    return said


def _priced(charge: Charge, why: Why) -> list[str]:
    if charge.volume is None or charge.price is None:
        return []
    said = []
    if "piece" in why:
        first, last, _total = why["piece"]
        said.append(
            _("The rate changed within the month: this part is for days %(first)d–%(last)d.")
            % {"first": first, "last": last}
        )
    said.append(
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
        said.append(_("Rate in force from %(day)s: %(source)s.") % {"day": since, "source": source})
    return said


def price_text(value: Decimal) -> str:
    """A rate in ₽, without the sign, with as many places as it has: «64,84», «64,8415»."""
    return exact_text(value, least=2)


def _outage(why: Why) -> list[str]:
    breaks = "; ".join(f"{_moment(start)} – {_moment(end)}" for start, end in why["breaks"])
    said = [
        _("Without water: %(breaks)s.") % {"breaks": breaks},
        _(
            "Beyond 4 hours at once: %(beyond)s h; beyond 8 hours in the month: %(total)s h; the larger counts, "
            "rounded up: %(hours)d h."
        )
        % {
            "beyond": _hours(why["beyond"]),
            "total": _hours(max(0, why["total"] - 480)),
            "hours": why["hours"],
        },
        _("0.15 %% of %(charged)s for each hour is taken off (Rules 354, Annex 1).")
        % {"charged": money_text(roubles(why["charged"]))},
    ]
    if "taken_off" in why:
        said.append(_("%(sum)s was taken off before.") % {"sum": money_text(roubles(-why["taken_off"]))})
    return said


def _hours(minutes: int) -> str:
    return number_text(Decimal(minutes) / 60, 2)


def _moment(text: str) -> str:
    moment = dt.datetime.fromisoformat(text)
    return f"{date_text(moment.date())} {moment:%H:%M}"


def _part_of_penalty(amount: int, yearly: int, early: int, late: int) -> str:
    """₽ of a part of a penalty, to a hundredth of a kopeck: the whole is rounded once."""
    weight = Decimal(amount) * yearly / FACTOR_SCALE / 100 / 100
    return f"{number_text(weight * early / 300 + weight * late / 130, 4)}{NBSP}₽"


def _penalty(why: Why, total: Decimal) -> list[str]:
    said = [_("The debt was due on %(day)s.") % {"day": day_text(why["due"])}]
    capped: dict[int, int] = {}
    for amount, first, last, yearly, early, late, paid_on, key_rate in why["parts"]:
        if key_rate is not None:
            capped[yearly] = key_rate
        days: list[str] = []
        if early:
            days.append(_("%(days)d days at 1/300") % {"days": early})
        if late:
            days.append(_("%(days)d days at 1/130") % {"days": late})
        template: str = (
            _(
                "%(sum)s paid on %(paid)s: days %(first)d–%(last)d of delay, "
                "%(days)s of %(rate)s %% a year: %(penalty)s."
            )
            if paid_on
            else _("%(sum)s still open: days %(first)d–%(last)d of delay, %(days)s of %(rate)s %% a year: %(penalty)s.")
        )
        said.append(
            template
            % {
                "sum": money_text(roubles(amount)),
                "paid": day_text(paid_on) if paid_on else "",
                "first": first,
                "last": last,
                "days": ", ".join(days),
                "rate": decimal_text(yearly, FACTOR_SCALE, 1),
                "penalty": _part_of_penalty(amount, yearly, early, late),
            }
        )
    if len(why["parts"]) > 1:
        said.append(_("The parts add up and are rounded to a kopeck once: %(sum)s.") % {"sum": money_text(total)})
    said += [
        _("The key rate is %(key)s %%, but %(cap)s %% is the most that may be taken (limit set by the Government).")
        % {"key": decimal_text(key, FACTOR_SCALE, 1), "cap": decimal_text(cap, FACTOR_SCALE, 1)}
        for cap, key in capped.items()
    ]
    said.append(_("The first 30 days bear no penalty (Housing Code, art. 155 part 14)."))
    return said


def title(charge: Charge) -> str:
    """What a line is called: «Холодное водоснабжение», «Перерасчёт за июль 2025»."""
    names: dict[str, Callable[[], str]] = {
        ChargeKind.RECALCULATION: lambda: _("Recalculation for %(month)s"),
        ChargeKind.PENALTY: lambda: _("Penalty on the debt for %(month)s"),
        ChargeKind.OUTAGE: lambda: _("Reduction for an outage in %(month)s"),
    }
    service = str(Service(charge.service).label) if charge.service else ""
    if charge.kind not in names:
        return service
    month = f"{month_name(charge.for_period)} {charge.for_period.year}"
    said = names[charge.kind]() % {"month": month}
    return f"{service}: {said[:1].lower()}{said[1:]}" if service else said
