"""Filters of the office's lists, and the check of the values that an address gives them."""

import datetime as dt
from typing import Any

from django.contrib.admin import (
    AllValuesFieldListFilter,
    BooleanFieldListFilter,
    ChoicesFieldListFilter,
    DateFieldListFilter,
    ListFilter,
    RelatedFieldListFilter,
    SimpleListFilter,
)
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Account
from portal.core.list_parameters import FIRST_DAY, LAST_DAY, LONGEST_TEXT, Check, one_of
from portal.core.params import int_param
from portal.ledger.models import Entry


class RelatedFilter(RelatedFieldListFilter):
    """A filter by a related record, without Django's own admin (which is not installed).

    It offers the records that rows of this very list belong to, so that it names nothing beyond the list.
    """

    def field_admin_ordering(self, field: Any, request: HttpRequest, model_admin: Any) -> tuple[str, ...]:
        return ()

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = model_admin.get_queryset(request).order_by().filter(**{self.field_path: OuterRef("pk")})
        choices: list[tuple[str, Any]] = field.get_choices(include_blank=False, limit_choices_to=Q(Exists(rows)))
        return choices


class AccountFilter(SimpleListFilter):
    """The rows of one account, by its key: from the account's card. It offers the chosen account alone."""

    title = _("Customer account")
    parameter_name = "account"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        chosen = int_param(request, self.parameter_name) or 0
        return [(str(pk), number) for pk, number in Account.objects.filter(pk=chosen).values_list("pk", "number")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(account=self.value())


class ReversedFilter(SimpleListFilter):
    """Filter that hides reversed rows unless they are asked for."""

    title = _("Reversed entries")
    parameter_name = "reversed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("shown", _("Also reversed")), ("only", _("Reversed only"))]

    def choices(self, changelist: Any) -> Any:
        """«Only what stands» instead of «All»."""
        first, *others = super().choices(changelist)
        return [{**first, "display": _("Only those in force")}, *others]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        if self.value() == "shown":
            return queryset
        if queryset.model is Entry:
            entries: Any = queryset
            return entries.undone() if self.value() == "only" else entries.active()
        return queryset.filter(reversed_at__isnull=self.value() != "only")


def value_checks(spec: ListFilter) -> dict[str, Check]:
    """The parameters of a filter, each with the check of its value."""
    return {name: _check_of(spec, name) for name in spec.expected_parameters() if name}


def _check_of(spec: Any, name: str) -> Check:
    if isinstance(spec, SimpleListFilter | RelatedFieldListFilter) and not name.endswith("__isnull"):
        return one_of(value for value, _label in spec.lookup_choices)
    if name.endswith("__isnull"):
        return one_of(("True", "False"))
    if isinstance(spec, BooleanFieldListFilter):
        return one_of(("0", "1"))
    if isinstance(spec, ChoicesFieldListFilter):
        return one_of(value for value, _label in spec.field.flatchoices)
    if isinstance(spec, DateFieldListFilter):
        return lambda value: _is_moment(spec.field, value)
    if isinstance(spec, AllValuesFieldListFilter):
        return lambda value: _is_value(spec.field, value)
    raise TypeError(f"{type(spec).__name__}: say in portal.office.common.filters which values it takes")


def _is_moment(field: "models.Field[Any, Any]", value: str) -> bool:
    """A day or, for a field with a time, a moment with its offset, of 1900 to 2199."""
    try:
        read = field.to_python(value)
    except (ValidationError, OverflowError):
        return False
    if isinstance(read, dt.datetime):
        if timezone.is_naive(read):
            return False
        read = read.date()
    return isinstance(read, dt.date) and FIRST_DAY <= read < LAST_DAY


def _is_value(field: "models.Field[Any, Any]", value: str) -> bool:
    """A value of the field's type; one that no row has gives an empty list."""
    if len(value) > LONGEST_TEXT:
        return False
    try:
        field.to_python(value)
    except (ValidationError, ValueError, OverflowError, ArithmeticError):
        return False
    return True
