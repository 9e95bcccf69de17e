"""Explanation of the volume of a line: readings, the average, the norm, other services, a tampering report."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from portal.accounts.enums import Service
from portal.billing.calculation.explanations import (
    Averaged,
    AverageUsedUp,
    ByNorm,
    Collected,
    Component,
    Corrected,
    Metered,
    MeterVolume,
    PersonPeriod,
    Priced,
    Span,
    TamperingVolume,
    TooLittleKnown,
    Unmetered,
)
from portal.billing.calculation.units import FACTOR_SCALE, NORM_SCALE, from_litres, litres
from portal.billing.enums import Basis
from portal.billing.explain.texts import cubic_metres_text, day_text, decimal_text, litres_text, month_text
from portal.billing.models import Charge
from portal.core.formatting import days_text, volume_text
from portal.core.periods import Period
from portal.metering.enums import ReadingSource


def volume(charge: Charge, why: Priced) -> list[str]:
    """Return how the volume of a line comes about."""
    if isinstance(why, Corrected):
        return _corrected(charge, why)
    if isinstance(why, TamperingVolume):
        return _tampering(charge, why)
    if isinstance(why, Collected):
        return _components(why.components)
    if isinstance(why, Metered):
        sentences = _meters(why.meters, why.span)
        if why.span is not None:
            sentences.append(_share_of(Period.of(charge.for_period), litres(_whole_volume(charge, why)), why.span))
        return sentences
    if isinstance(why, Averaged):
        return [*_why_estimated(why.unmetered), _average(charge, why)]
    return [*_why_estimated(why.unmetered), *_why_no_average(why.no_average), *_norm(charge, why)]


def _whole_volume(charge: Charge, why: Priced) -> Decimal:
    """The month's volume; that of a line cut at a change of the rate is stored with it."""
    if why.part is not None:
        return from_litres(why.part.volume)
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
    return str(ReadingSource(code).label).lower() if code in ReadingSource.values else code


def _meters(meters: Sequence[MeterVolume], span: Span | None) -> list[str]:
    sentences = []
    for meter in meters:
        turned = meter.end < meter.start and meter.volume > 0
        text = _(
            "Meter No. %(meter)s: reading %(end)s of %(end_day)s (%(end_source)s) minus %(start)s of %(start_day)s "
            "(%(start_source)s): %(volume)s."
        ) % {
            "meter": meter.label,
            "end": cubic_metres_text(meter.end),
            "end_day": day_text(meter.end_day),
            "end_source": _source(meter.end_source),
            "start": cubic_metres_text(meter.start),
            "start_day": day_text(meter.start_day),
            "start_source": _source(meter.start_source),
            "volume": litres_text(meter.volume),
        }
        sentences.append(
            text + (" " + _("The meter turned past its last digit and counted on from zero.") if turned else "")
        )
    if len(meters) > 1:
        sentences.append(_("The meters of one service add up."))
    if span is not None:
        sentences.append(_span(span))
    return sentences


def _span(span: Span) -> str:
    return _(
        "No readings came for some months, so the volume from %(first)s to %(last)s, %(total)s, is spread over the "
        "days of these months, %(days)s in all (the company's procedure)."
    ) % {
        "first": month_text(span.first_month),
        "last": month_text(span.last_month),
        "total": litres_text(span.volume),
        "days": days_text(span.days),
    }


def _share_of(month: Period, share: int, span: Span) -> str:
    """«12,054 × 31 ÷ 90 дней = 4,152 м³»; the last month takes what the others leave."""
    if str(month) == span.last_month:
        return _("The last month gets the remainder: %(volume)s.") % {"volume": litres_text(share)}
    return _("For %(month)s: %(total)s × %(own)d ÷ %(days)d days = %(volume)s.") % {
        "month": month_text(str(month)),
        "total": cubic_metres_text(span.volume),
        "own": month.days,
        "days": span.days,
        "volume": litres_text(share),
    }


NOT_VALID = {
    "expired": gettext_noop("Verification of meter No. %(meter)s was valid until %(day)s: its readings do not count."),
    "out_of_order": gettext_noop("Meter No. %(meter)s is out of order since %(day)s: its readings do not count."),
    "removed": gettext_noop("Meter No. %(meter)s was removed on %(day)s without a closing reading (cl. 59)."),
}
"""Why a meter's readings do not count, by the code that the calculation stores."""


def _why_estimated(unmetered: Unmetered | None) -> list[str]:
    if unmetered is None:
        return []
    if unmetered.no_meter:
        return [_("There is no meter for this service.")]
    if unmetered.invalid:
        return [
            _(NOT_VALID[meter.reason]) % {"meter": meter.label, "day": day_text(meter.since)}
            for meter in unmetered.invalid
        ]
    return [
        ngettext(
            "No readings came this month: %(count)d month in a row.",
            "No readings came this month: %(count)d months in a row.",
            unmetered.missed,
        )
        % {"count": unmetered.missed}
    ]


def _why_no_average(why: AverageUsedUp | TooLittleKnown | None) -> list[str]:
    """Why the norm applies and not the average, where a meter stands."""
    if isinstance(why, AverageUsedUp):
        return [
            ngettext(
                "The average applies for at most %(limit)d month in a row; this is month %(month)d without a volume "
                "that counts, so the norm applies (Rules 354, cl. 60).",
                "The average applies for at most %(limit)d months in a row; this is month %(month)d without a volume "
                "that counts, so the norm applies (Rules 354, cl. 60).",
                why.limit,
            )
            % {"limit": why.limit, "month": why.month}
        ]
    if why is not None:
        return [
            _(
                "An average needs %(needed)d months with readings, there are %(known)d, so the norm applies (Rules "
                "354, cl. 59)."
            )
            % {"needed": why.needed, "known": why.known}
        ]
    return []


def _average(charge: Charge, why: Averaged) -> str:
    listed = " + ".join(cubic_metres_text(used.volume) for used in why.months)
    return _(
        "The average of %(count)d metered months (%(first)s – %(last)s): (%(listed)s) ÷ %(count)d = %(volume)s "
        "(Rules 354, cl. 59)."
    ) % {
        "count": len(why.months),
        "first": month_text(why.months[0].month),
        "last": month_text(why.months[-1].month),
        "listed": listed,
        "volume": volume_text(_whole_volume(charge, why)),
    }


def _norm(charge: Charge, why: ByNorm) -> list[str]:
    sentences = [
        _("Norm %(norm)s m³ per person × %(persons)s = %(volume)s (Rules 354, cl. 42, 60).")
        % {
            "norm": decimal_text(why.norm, NORM_SCALE, 3),
            "persons": _factors(charge, why),
            "volume": volume_text(_whole_volume(charge, why)),
        }
    ]
    if why.days is not None:
        sentences.append(
            _("Counted by days: days %(first)d–%(last)d of %(days)d in the month.")
            % {"first": why.days.first, "last": why.days.last, "days": why.days.in_month}
        )
    if why.factor is not None:
        sentences.append(
            _("The coefficient %(factor)s adds %(added)s of it.")
            % {
                "factor": decimal_text(why.factor, FACTOR_SCALE, 1),
                "added": volume_text(_whole_volume(charge, why) - from_litres(why.unraised)),
            }
        )
        sentences.append(_why_raised(why.unmetered))
    return sentences


def _why_raised(unmetered: Unmetered | None) -> str:
    if unmetered is not None and unmetered.invalid:
        return _("The coefficient applies because the readings of the meter do not count (Rules 354, cl. 60).")
    return _("The coefficient applies because a meter can be mounted here and none is installed (Rules 354, cl. 42).")


def _factors(charge: Charge, why: ByNorm) -> str:
    """«2 человека × 15 ÷ 30 дней × 1,5»: whatever a norm is multiplied by, so that the product is the volume."""
    text = _persons(why.persons)
    if isinstance(why.persons, int) and why.days is not None:
        text += f" × {why.days.last - why.days.first + 1}"
    if why.days is not None or not isinstance(why.persons, int):
        text += f" ÷ {days_text(Period.of(charge.for_period).days)}"
    return text if why.factor is None else f"{text} × {decimal_text(why.factor, FACTOR_SCALE, 1)}"


def _persons(persons: int | Sequence[PersonPeriod]) -> str:
    if isinstance(persons, int):
        return ngettext("%(count)d person", "%(count)d persons", persons) % {"count": persons}
    periods = [
        _("%(count)d on days %(first)d–%(last)d: %(count)d × %(days)d")
        % {"count": count, "first": first, "last": last, "days": last - first + 1}
        for first, last, count in persons
    ]
    return _("persons by days (%(periods)s)") % {"periods": " + ".join(periods)}


def _components(components: Sequence[Component]) -> list[str]:
    labels: dict[str, str] = {
        Basis.READING: _("by the meter"),
        Basis.AVERAGE: _("by the average"),
        Basis.NORM: _("by the norm, not raised"),
    }
    parts = [
        f"{Service(part.service).label.lower()} {cubic_metres_text(part.volume)} ({labels[part.basis]})"
        for part in components
    ]
    total = sum(part.volume for part in components)
    return [
        _("Wastewater is as much as the water supplied: %(parts)s = %(total)s.")
        % {"parts": " + ".join(parts), "total": litres_text(total)}
    ]


def _corrected(charge: Charge, why: Corrected) -> list[str]:
    """Return what a month comes to now, and the difference from what was charged for it."""
    month = month_text(f"{charge.for_period:%Y-%m}")
    sentences = _components(why.components) if why.components else _meters(why.meters, why.span)
    if why.span is not None:
        sentences.append(_share_of(Period.of(charge.for_period), why.share, why.span))
    if why.reason:
        sentences.append(_reason(why.reason))
    sentences.append(
        _("For %(month)s %(share)s is due and %(was)s was charged: the difference is %(volume)s.")
        % {
            "month": month,
            "share": litres_text(why.share),
            "was": litres_text(why.was),
            "volume": volume_text(_whole_volume(charge, why)),
        }
    )
    return sentences


def _reason(code: str) -> str:
    reasons = {
        "known_later": _("Something about this month became known only after it was closed."),
        "on_demand": _("This month was calculated again."),
    }
    return reasons.get(code, code)


def _tampering(charge: Charge, why: TamperingVolume) -> list[str]:
    sentences = [
        _(
            "Tampering report %(report)s, from %(first)s to %(last)s: norm %(norm)s × 10 × persons × "
            "%(days)d ÷ %(whole)d days = %(target)s (Rules 354, cl. 62)."
        )
        % {
            "report": why.report,
            "first": day_text(why.first_day),
            "last": day_text(why.last_day),
            "norm": decimal_text(why.norm, NORM_SCALE, 3),
            "days": (dt.date.fromisoformat(why.last_day) - dt.date.fromisoformat(why.first_day)).days + 1,
            "whole": Period.of(charge.for_period).days,
            "target": litres_text(why.target),
        }
    ]
    if why.metered is not None:
        sentences.append(
            _("The meter counted more for these days: %(more)s; that volume is charged.")
            % {"more": litres_text(why.metered)}
        )
    sentences.append(
        _("For these days %(was)s was charged: the difference is %(volume)s.")
        % {"was": litres_text(why.was), "volume": volume_text(_whole_volume(charge, why))}
    )
    return sentences
