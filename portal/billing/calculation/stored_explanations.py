"""The stored form of explanations: what lies in a charge's JSON. Its keys are named in this module alone."""

from collections.abc import Callable, Mapping
from typing import Any

from portal.billing.calculation.explanations import (
    Averaged,
    AverageUsedUp,
    ByNorm,
    Collected,
    Component,
    Corrected,
    CountedDays,
    Explanation,
    InvalidMeter,
    Metered,
    MeterVolume,
    MonthVolume,
    Penalties,
    PenaltyPart,
    PersonPeriod,
    RatePart,
    Reduction,
    Span,
    TamperingVolume,
    TooLittleKnown,
    Unmetered,
)

Stored = dict[str, Any]
FACTOR_KEY = "factor"
"""The key of the raising coefficient: queries ask for it."""


def dumped(explanation: Explanation) -> Stored:
    """An explanation ready for JSON; nothing empty."""
    return _DUMPED[type(explanation)](explanation)


def _metered(why: Metered) -> Stored:
    data: Stored = {"meters": why.meters}
    if why.span is not None:
        data["span"] = why.span
    return _with_part(data, why.part)


def _averaged(why: Averaged) -> Stored:
    return _with_part({"averaged": why.months, **_unmetered(why.unmetered)}, why.part)


def _unmetered(unmetered: Unmetered) -> Stored:
    if unmetered.invalid:
        return {"not_valid": unmetered.invalid}
    return {"no_reading": unmetered.missed} if unmetered.missed else {"no_meter": 1}


def _by_norm(why: ByNorm) -> Stored:
    data: Stored = {} if why.unmetered is None else _unmetered(why.unmetered)
    if isinstance(why.no_average, AverageUsedUp):
        data["average_used_up"] = why.no_average
    elif why.no_average is not None:
        data["too_little_known"] = why.no_average
    data["norm"], data["persons"] = why.norm, why.persons
    if why.days is not None:
        data["days"] = why.days
    if why.factor is not None:
        data[FACTOR_KEY], data["unraised"] = why.factor, why.unraised
    return _with_part(data, why.part)


def _collected(why: Collected) -> Stored:
    return _with_part({"components": why.components}, why.part)


def _corrected(why: Corrected) -> Stored:
    data: Stored = {"was": why.was, "share": why.share}
    optional = {
        "meters": why.meters,
        "span": why.span,
        "components": why.components,
        "reason": why.reason,
        "note": why.note,
    }
    data.update((key, value) for key, value in optional.items() if value)
    return _with_part(data, why.part)


def _tampering(why: TamperingVolume) -> Stored:
    data: Stored = {
        "act": why.report,
        "from": why.first_day,
        "to": why.last_day,
        "norm": why.norm,
        "persons": why.persons,
        FACTOR_KEY: why.factor,
        "target": why.target,
        "was": why.was,
    }
    if why.metered is not None:
        data["more"] = why.metered
    return _with_part(data, why.part)


def _reduction(why: Reduction) -> Stored:
    data: Stored = {
        "interruptions": why.interruptions,
        "beyond": why.beyond,
        "total": why.total,
        "hours": why.hours,
        "charged": why.charged,
    }
    if why.taken_off:
        data["taken_off"] = why.taken_off
    return data


def _penalties(why: Penalties) -> Stored:
    return {"due": why.due, "parts": why.parts}


def _with_part(data: Stored, part: RatePart | None) -> Stored:
    if part is not None:
        data["piece"] = part
    return data


_DUMPED: dict[type[Explanation], Callable[[Any], Stored]] = {
    Metered: _metered,
    Averaged: _averaged,
    ByNorm: _by_norm,
    Collected: _collected,
    Corrected: _corrected,
    TamperingVolume: _tampering,
    Reduction: _reduction,
    Penalties: _penalties,
}


def report_of(stored: Mapping[str, Any]) -> str | None:
    """The number of the tampering report that a stored explanation belongs to; None when it is of none."""
    return stored.get("act")


def loaded(stored: Mapping[str, Any]) -> Explanation:
    """The explanation that `dumped` wrote. Raises KeyError or TypeError for what it did not write."""
    if "parts" in stored:
        return Penalties(stored["due"], tuple(PenaltyPart(*values) for values in stored["parts"]))
    if "interruptions" in stored:
        return _loaded_reduction(stored)
    part = RatePart(*stored["piece"]) if "piece" in stored else None
    if "act" in stored:
        return _loaded_tampering(stored, part)
    if "was" in stored:
        return Corrected(
            stored["was"],
            stored["share"],
            meters=_loaded_meters(stored),
            span=_loaded_span(stored),
            components=_loaded_components(stored),
            reason=stored.get("reason", ""),
            note=stored.get("note", ""),
            part=part,
        )
    if "components" in stored:
        return Collected(_loaded_components(stored), part)
    if "averaged" in stored:
        months = tuple(MonthVolume(*values) for values in stored["averaged"])
        return Averaged(months, _loaded_unmetered(stored) or Unmetered(), part)
    return (
        _loaded_norm(stored, part) if "norm" in stored else Metered(_loaded_meters(stored), _loaded_span(stored), part)
    )


def _loaded_reduction(stored: Mapping[str, Any]) -> Reduction:
    return Reduction(
        tuple((start, end) for start, end in stored["interruptions"]),
        stored["beyond"],
        stored["total"],
        stored["hours"],
        stored["charged"],
        stored.get("taken_off", 0),
    )


def _loaded_tampering(stored: Mapping[str, Any], part: RatePart | None) -> TamperingVolume:
    return TamperingVolume(
        stored["act"],
        stored["from"],
        stored["to"],
        stored["norm"],
        tuple(PersonPeriod(*values) for values in stored["persons"]),
        stored[FACTOR_KEY],
        stored["target"],
        stored["was"],
        stored.get("more"),
        part,
    )


def _loaded_norm(stored: Mapping[str, Any], part: RatePart | None) -> ByNorm:
    no_average: AverageUsedUp | TooLittleKnown | None = None
    if "average_used_up" in stored:
        no_average = AverageUsedUp(*stored["average_used_up"])
    elif "too_little_known" in stored:
        no_average = TooLittleKnown(*stored["too_little_known"])
    persons = stored["persons"]
    return ByNorm(
        stored["norm"],
        persons if isinstance(persons, int) else tuple(PersonPeriod(*values) for values in persons),
        days=CountedDays(*stored["days"]) if "days" in stored else None,
        factor=stored.get(FACTOR_KEY),
        unraised=stored.get("unraised", 0),
        unmetered=_loaded_unmetered(stored),
        no_average=no_average,
        part=part,
    )


def _loaded_unmetered(stored: Mapping[str, Any]) -> Unmetered | None:
    if "not_valid" in stored:
        return Unmetered(invalid=tuple(InvalidMeter(*values) for values in stored["not_valid"]))
    if "no_reading" in stored:
        return Unmetered(missed=stored["no_reading"])
    return Unmetered() if "no_meter" in stored else None


def _loaded_meters(stored: Mapping[str, Any]) -> tuple[MeterVolume, ...]:
    return tuple(MeterVolume(*values) for values in stored.get("meters", ()))


def _loaded_span(stored: Mapping[str, Any]) -> Span | None:
    return Span(*stored["span"]) if "span" in stored else None


def _loaded_components(stored: Mapping[str, Any]) -> tuple[Component, ...]:
    return tuple(Component(*values) for values in stored.get("components", ()))
