"""Messages for refusals: the exception of a domain becomes a text for a resident or an employee, and a form field.

Every domain app declares the messages of its own exceptions in its module `messages.py`, imported when Django starts.
Views, forms, the API and commands ask `error_message`, `error_field` and `add_error`. Decision 097.
"""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms import BaseForm
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.core.formatting import date_text, exact_text, moment_text, period_text
from portal.core.periods import Period

logger = logging.getLogger(__name__)

Template = str | Promise
"""A text; %(name)s stands for the attribute `name` of the exception."""


@dataclass(frozen=True, slots=True)
class ByCode:
    """Templates by the exception's `code`; `finish` may change the text, given the exception."""

    texts: Mapping[str, Template | Callable[[Any], str]]
    finish: Callable[[Any, str], str] | None = None

    def of(self, error: Exception) -> Template | Callable[[Any], str] | None:
        """The template of an exception's code; None for a code that is not declared."""
        return self.texts.get(getattr(error, "code", ""))


Text = Template | ByCode | Callable[[Any], str]
"""A template; or templates by the exception's `code`; or a function of the exception."""


@dataclass(frozen=True, slots=True)
class RefusalMessage:
    """Message of a refusal: to residents; to staff where that differs; and the name of the form field it belongs to."""

    text: Text
    staff: Text | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class _Formats:
    """Formats of the values of a domain's exceptions: its decimals (m³, ₽), and whether dates keep their year."""

    number: Callable[[Decimal], str]
    year: bool | None


@dataclass(frozen=True, slots=True)
class _Declared:
    message: RefusalMessage
    formats: _Formats


_declared: dict[type[Exception], _Declared] = {}


def declare(
    messages: Mapping[type[Exception], RefusalMessage],
    *,
    number: Callable[[Decimal], str] = exact_text,
    year: bool | None = None,
) -> None:
    """Declare the messages of a domain.

    `number` formats the decimals of its exceptions (m³, ₽); `year` as in `date_text`: None leaves the current one out.
    """
    formats = _Formats(number, year)
    _declared.update({kind: _Declared(message, formats) for kind, message in messages.items()})


def declared_messages() -> dict[type[Exception], RefusalMessage]:
    """Every declared message by its exception."""
    return {kind: declared.message for kind, declared in _declared.items()}


def error_message(error: Exception, *, for_staff: bool = False) -> str:
    """The text of a refusal; a general one, and a log entry, for an exception without a message."""
    declared = _find(error)
    text = _text(declared.message, for_staff=for_staff) if declared is not None else None
    if declared is None or text is None or (isinstance(text, ByCode) and text.of(error) is None):
        logger.error("No message for the refusal %r", error, exc_info=error)
        return _unknown(error, for_staff=for_staff)
    return _render(error, text, declared.formats)


def _text(message: RefusalMessage, *, for_staff: bool) -> Text:
    return message.staff if for_staff and message.staff is not None else message.text


def error_field(error: Exception) -> str:
    """The name of the form field that a refusal belongs to; empty for the form as a whole."""
    declared = _find(error)
    return declared.message.field if declared is not None else ""


def add_error(
    form: BaseForm,
    error: Exception,
    *,
    for_staff: bool = False,
    fields: Mapping[str, str] | None = None,
    default: str | None = None,
) -> None:
    """Put a refusal beside its field of a form; `default` (None: the form as a whole) where the form has no such field.

    `fields` names the form's own field where it is called otherwise than in the message.
    """
    name = error_field(error)
    name = (fields or {}).get(name, name)
    form.add_error(name if name in form.fields else default, error_message(error, for_staff=for_staff))


def _find(error: Exception) -> _Declared | None:
    return next((_declared[kind] for kind in type(error).__mro__ if kind in _declared), None)


def _render(error: Any, text: Text, formats: _Formats) -> str:
    if isinstance(text, ByCode):
        rendered = _render(error, text.texts[error.code], formats)
        return text.finish(error, rendered) if text.finish is not None else rendered
    if callable(text):
        return text(error)
    return str(text) % _Values(error, formats)


@dataclass(frozen=True, slots=True)
class _Values:
    """The attributes of an exception as people read them, for the placeholders of its template."""

    error: Exception
    formats: _Formats

    def __getitem__(self, name: str) -> str:
        return _shown(getattr(self.error, name), self.formats)


def _shown(value: Any, formats: _Formats) -> str:
    if isinstance(value, dt.datetime):
        return moment_text(value, year=formats.year)
    if isinstance(value, dt.date):
        return date_text(value, year=formats.year)
    if isinstance(value, Period):
        return period_text(value)
    return formats.number(value) if isinstance(value, Decimal) else str(value)


def _unknown(error: Exception, *, for_staff: bool) -> str:
    if for_staff:
        text = _("This cannot be done now (%(code)s). Reload the page.")
        return text % {"code": type(error).__name__}
    return _("This cannot be done now. Reload the page, or call us.")
