"""Where the volume of a line comes from: readings, the average, the norm, other services, an act."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from portal.accounts.enums import Service
from portal.billing.calculation.units import FACTOR_SCALE, NORM_SCALE, cubic_metres, litres
from portal.billing.enums import Basis
from portal.billing.explain.words import Why, cubic_metres_text, day_text, decimal_text, litres_text, month_text
from portal.billing.models import Charge
from portal.core.formatting import days_text, volume_text
from portal.core.periods import Period
from portal.metering.enums import Source


def charged(charge: Charge, why: Why) -> list[str]:
    """How the volume of a month comes about."""
    if "components" in why:
        return _components(why)
    said: list[str] = []
    if charge.basis == Basis.READING:
        said += _meters(why)
        if "span" in why:
            said.append(_share_of(Period.of(charge.for_period), litres(_whole_volume(charge, why)), why))
    elif charge.basis == Basis.AVERAGE:
        said += [*_why_estimated(why), _average(charge, why)]
    else:
        said += [*_why_estimated(why), *_why_no_average(why), *_norm(charge, why)]
    return said


def _whole_volume(charge: Charge, why: Why) -> Decimal:
    """The month's volume; that of a line cut at a change of the rate is stored with it."""
    if "piece" in why:
        return cubic_metres(why["piece"][2])
    return charge.volume if charge.volume is not None else Decimal(0)


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
            "end": cubic_metres_text(end),
            "end_day": day_text(end_day),
            "end_source": _source(end_source),
            "start": cubic_metres_text(start),
            "start_day": day_text(start_day),
            "start_source": _source(start_source),
            "volume": litres_text(run),
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
    ) % {"first": month_text(first), "last": month_text(last), "total": litres_text(total), "days": days_text(days)}


def _share_of(month: Period, volume: int, why: Why) -> str:
    """«12,054 × 31 ÷ 90 дней = 4,152 м³»; the last month takes what the others leave."""
    _first, last, total, days = why["span"]
    if str(month) == last:
        return _("The last month takes what the others leave: %(volume)s.") % {"volume": litres_text(volume)}
    return _("For %(month)s: %(total)s × %(own)d ÷ %(days)d days = %(volume)s.") % {
        "month": month_text(str(month)),
        "total": cubic_metres_text(total),
        "own": month.days,
        "days": days,
        "volume": litres_text(volume),
    }


NOT_VALID = {
    "expired": gettext_noop("Verification of meter No. %(meter)s was valid until %(day)s: its readings do not count."),
    "out_of_order": gettext_noop("Meter No. %(meter)s is out of order since %(day)s: its readings do not count."),
    "removed": gettext_noop("Meter No. %(meter)s was removed on %(day)s without a closing reading (cl. 59)."),
}
"""Why a meter's readings do not count, by the code that the calculation stores."""


def _why_estimated(why: Why) -> list[str]:
    if "not_valid" in why:
        said = []
        for label, reason, day in why["not_valid"]:
            said.append(_(NOT_VALID[reason]) % {"meter": label, "day": day_text(day)})
        return said
    if "no_meter" in why:
        return [_("There is no meter for this service.")]
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


def _average(charge: Charge, why: Why) -> str:
    used = why["averaged"]
    listed = " + ".join(cubic_metres_text(volume) for _label, volume in used)
    return _(
        "The average of %(count)d metered months (%(first)s – %(last)s): (%(listed)s) ÷ %(count)d = %(volume)s "
        "(Rules 354, cl. 59)."
    ) % {
        "count": len(used),
        "first": month_text(used[0][0]),
        "last": month_text(used[-1][0]),
        "listed": listed,
        "volume": volume_text(_whole_volume(charge, why)),
    }


def _norm(charge: Charge, why: Why) -> list[str]:
    said = [
        _("Norm %(norm)s m³ per person × %(persons)s = %(volume)s (Rules 354, cl. 42, 60).")
        % {
            "norm": decimal_text(why["norm"], NORM_SCALE, 3),
            "persons": _factors(charge, why),
            "volume": volume_text(_whole_volume(charge, why)),
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
            _("The coefficient %(factor)s adds %(added)s of it.")
            % {
                "factor": decimal_text(why["factor"], FACTOR_SCALE, 1),
                "added": volume_text(_whole_volume(charge, why) - cubic_metres(why["unraised"])),
            }
        )
        said.append(_why_raised(why))
    return said


def _why_raised(why: Why) -> str:
    if "not_valid" in why:
        return _("The coefficient applies because the readings of the meter do not count (Rules 354, cl. 60).")
    return _("The coefficient applies because a meter can be mounted here and none stands (Rules 354, cl. 42).")


def _factors(charge: Charge, why: Why) -> str:
    """«2 человека × 15 ÷ 30 дней × 1,5»: whatever a norm is multiplied by, so that the product is the volume."""
    text = _persons(why)
    if "days" in why or not isinstance(why["persons"], int):
        if isinstance(why["persons"], int):
            first, last, _days = why["days"]
            text += f" × {last - first + 1}"
        text += f" ÷ {days_text(Period.of(charge.for_period).days)}"
    return f"{text} × {decimal_text(why['factor'], FACTOR_SCALE, 1)}" if "factor" in why else text


def _persons(why: Why) -> str:
    persons = why["persons"]
    if isinstance(persons, int):
        return ngettext("%(count)d person", "%(count)d persons", persons) % {"count": persons}
    periods = [
        _("%(count)d on days %(first)d–%(last)d: %(count)d × %(days)d")
        % {"count": count, "first": first, "last": last, "days": last - first + 1}
        for first, last, count in persons
    ]
    return _("persons by days (%(spells)s)") % {"spells": " + ".join(periods)}


def _components(why: Why) -> list[str]:
    words: dict[str, str] = {
        Basis.READING: _("by the meter"),
        Basis.AVERAGE: _("by the average"),
        Basis.NORM: _("by the norm, not raised"),
    }
    parts = [
        f"{Service(service).label.lower()} {cubic_metres_text(volume)} ({words[basis]})"
        for service, basis, volume in why["components"]
    ]
    total = sum(volume for _service, _basis, volume in why["components"])
    return [
        _("Wastewater is as much as the water supplied: %(parts)s = %(total)s.")
        % {"parts": " + ".join(parts), "total": litres_text(total)}
    ]


def recalculated(charge: Charge, why: Why) -> list[str]:
    """What a month comes to now, and the difference from what was charged for it."""
    month = month_text(f"{charge.for_period:%Y-%m}")
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
            "share": litres_text(why["share"]),
            "was": litres_text(why["was"]),
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
            "Tampering report %(act)s, from %(first)s to %(last)s: norm %(norm)s × 10 × persons × "
            "%(days)d ÷ %(whole)d days = %(target)s (Rules 354, cl. 62)."
        )
        % {
            "act": why["act"],
            "first": day_text(why["from"]),
            "last": day_text(why["to"]),
            "norm": decimal_text(why["norm"], NORM_SCALE, 3),
            "days": (dt.date.fromisoformat(why["to"]) - dt.date.fromisoformat(why["from"])).days + 1,
            "whole": Period.of(charge.for_period).days,
            "target": litres_text(why["target"]),
        }
    ]
    if "more" in why:
        said.append(
            _("The meter counted more for these days: %(more)s; it stays at that.") % {"more": litres_text(why["more"])}
        )
    said.append(
        _("For these days %(was)s was charged: the difference is %(volume)s.")
        % {"was": litres_text(why["was"]), "volume": volume_text(_whole_volume(charge, why))}
    )
    return said
