"""Columns of lists: sums, volumes, months, people as they are read; the export keeps numbers and dates as such."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from portal.core.formatting import exact_text, money_text, period_text, user_name, volume_text
from portal.core.money import from_kopecks


def reversed_mark(label: str, *, is_reversed: bool) -> SafeString | str:
    """A label; with a badge when the row was reversed."""
    if not is_reversed:
        return label
    return format_html('{} <span class="office-badge office-badge--warn">{}</span>', label, _("reversed"))


def money_column(attribute: str, label: Any, *, order: str = "") -> Any:
    """A column of a sum in ₽; the export keeps the number."""
    return _column(attribute, label, order, money_text)


def kopecks_column(attribute: str, label: Any) -> Any:
    """A column of whole kopecks that the database added up, shown and exported as ₽."""
    return _column(attribute, label, "", money_text, from_kopecks)


def volume_column(attribute: str, label: Any, *, order: str = "") -> Any:
    """A column of a volume or reading in m³; the export keeps the number."""
    return _column(attribute, label, order, volume_text)


def exact_column(attribute: str, label: Any, *, least: int = 0) -> Any:
    """A column of a price, norm or per cent without idle zeros; the export keeps the number."""
    return _column(attribute, label, "", partial(exact_text, least=least))


def month_column(attribute: str, label: Any) -> Any:
    """A column of a month, «октябрь 2026»; the export keeps its first day."""
    return _column(attribute, label, "", period_text)


def yes_no_column(attribute: str, label: Any) -> Any:
    """A column of «да» and «нет»; the export keeps the truth value."""
    return _column(attribute, label, "", lambda value: _("yes") if value else _("no"))


def staff_column(attribute: str, label: Any, *, nobody: Any = "—") -> Any:
    """A column of who did it, by name; `nobody` stands where no employee did."""
    return _column(attribute, label, "", str, user_name, nobody)


def _column(attribute: str, label: Any, order: str, text: Any, convert: Any = None, empty: Any = "—") -> Any:
    def raw(item: Any) -> Any:
        value = item
        for part in attribute.split("__"):
            value = getattr(value, part, None)
        return convert(value) if convert and value is not None else value

    class ComputedColumn:
        short_description = label
        admin_order_field = order or attribute
        export = staticmethod(raw)

        def __call__(self, item: Any) -> str:
            value = raw(item)
            return str(empty) if value is None else text(value)

    return ComputedColumn()


def joined(values: Iterable[Any]) -> str:
    """Several values in one cell."""
    return ", ".join(str(value) for value in values if value) or "—"
