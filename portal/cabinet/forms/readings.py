"""One form for all meters of an account: what was typed stays, each error stands at its field."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _

from portal.core.refusals import error_message
from portal.metering.exceptions import LowerThanPrevious, ReadingRefused, UnusuallyHigh
from portal.metering.selectors import MeterInWindow, volume_of
from portal.metering.services import Sent, SubmissionOutcome

_NUMBER = re.compile(r"[+-]?\d{1,20}(?:[.,]\d{1,20})?")
_SPACES = dict.fromkeys(map(ord, " \u00a0\u202f\t"))


def parse_reading(text: str) -> Decimal | None:
    """A number typed by a person: comma or dot, spaces anywhere; None when it is none."""
    plain = text.translate(_SPACES)
    if not _NUMBER.fullmatch(plain):
        return None
    return Decimal(plain.replace(",", "."))


def example_value(value: Decimal) -> str:
    """A reading as it is typed: «424,190»."""
    return f"{value:.3f}".replace(".", ",")


@dataclass
class MeterField:
    """One meter on the form: what was before, what was typed, what is wrong, what must be confirmed."""

    state: MeterInWindow
    typed: str = ""
    value: Decimal | None = None
    error: str = ""
    accepted: bool = False
    volume: Decimal | None = None
    ask_high: bool = False
    ask_rollover: bool = False
    confirmed_high: bool = False
    confirmed_rollover: bool = False

    @property
    def name(self) -> str:
        return f"meter_{self.state.meter.pk}"

    @property
    def element(self) -> str:
        """The id of the control."""
        return f"id_{self.name}"

    @property
    def previous(self) -> str:
        """The last value for the page's script: «424.190», m³."""
        return f"{self.state.previous.value:.3f}"

    @property
    def usual(self) -> str:
        """What is usual over the same time for the page's script, m³; empty when unknown."""
        return "" if self.state.usual is None else f"{self.state.usual:.3f}"

    @property
    def described_by(self) -> str:
        parts = [f"{self.element}_last", f"{self.element}_live"]
        if self.error:
            parts.append(f"{self.element}_error")
        return " ".join(parts)


@dataclass
class ReadingsForm:
    """All fields; bound when it came back from the resident."""

    fields: list[MeterField]
    bound: bool = False
    nothing_typed: bool = False
    errors: list[tuple[str, str]] = field(default_factory=list)

    def __iter__(self) -> Iterator[MeterField]:
        return iter(self.fields)

    @property
    def error_count(self) -> int:
        return len(self.errors) + self.nothing_typed

    @classmethod
    def empty(cls, meters: Sequence[MeterInWindow]) -> "ReadingsForm":
        """The form as it is opened: what was sent in this window stands in it."""
        return cls([MeterField(m, typed=example_value(m.sent.value) if m.sent else "") for m in meters])

    @classmethod
    def typed(cls, meters: Sequence[MeterInWindow], data: QueryDict) -> "ReadingsForm":
        """The form as it came back."""
        fields = []
        for state in meters:
            meter_field = MeterField(state)
            meter_field.typed = data.get(meter_field.name, "").strip()[:40]
            meter_field.value = parse_reading(meter_field.typed)
            meter_field.confirmed_high = f"high_{state.meter.pk}" in data
            meter_field.confirmed_rollover = f"rollover_{state.meter.pk}" in data
            fields.append(meter_field)
        form = cls(fields, bound=True, nothing_typed=not any(meter_field.typed for meter_field in fields))
        for meter_field in fields:
            if meter_field.typed and meter_field.value is None:
                form.refuse(meter_field, _("This is not a number. Write digits and one comma, for example 424,190."))
        return form

    def sent(self) -> list[Sent]:
        """Return what can be handed to the service."""
        return [
            Sent(
                meter=meter_field.state.meter,
                value=meter_field.value,
                confirmed_high=meter_field.confirmed_high,
                confirmed_rollover=meter_field.confirmed_rollover,
            )
            for meter_field in self.fields
            if meter_field.value is not None
        ]

    def take(self, outcome: SubmissionOutcome) -> None:
        """Put what the service answered beside the fields."""
        refused: Mapping[int, ReadingRefused] = outcome.refused
        for meter_field in self.fields:
            pk = meter_field.state.meter.pk
            meter_field.accepted = pk in outcome.accepted
            if meter_field.accepted:
                meter_field.volume = volume_of(
                    meter_field.state.meter, meter_field.state.previous, outcome.accepted[pk]
                )
            if refusal := refused.get(pk):
                meter_field.ask_high = isinstance(refusal, UnusuallyHigh)
                meter_field.ask_rollover = isinstance(refusal, LowerThanPrevious) and refusal.may_be_rollover
                self.refuse(meter_field, error_message(refusal))

    def refuse(self, meter_field: MeterField, message: str) -> None:
        """An error at a field and in the summary."""
        meter_field.error = message
        self.errors.append((meter_field.element, message))
