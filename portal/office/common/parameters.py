"""The guard of modeladmin's lists: declared parameters reach the query, anything else is answered 400.

wagtail-modeladmin applies every parameter it does not know as a lookup of the ORM, over any relation. Here the
queryset is built from the declared filters, order and search alone.
"""

import re
from functools import cached_property
from typing import Any

from django.contrib.admin import FieldListFilter, ListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path, lookup_spawns_duplicates
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase

from portal.core.list_parameters import (
    Check,
    bad_address,
    is_export,
    is_page,
    is_text,
    refused_parameters,
)
from portal.office.common.filters import value_checks

ORDER = re.compile(r"-?\d{1,3}(\.-?\d{1,3})*", re.ASCII)


class DeclaredParametersMixin:
    """Goes before modeladmin's IndexView: declared filters, search, order, page and export, and nothing else."""

    request: HttpRequest
    model: type[Model]
    model_admin: Any
    list_display: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.permission_helper.user_can_list(request.user):  # type: ignore[attr-defined]  # of IndexView
            raise PermissionDenied
        refused = refused_parameters(request.GET, self.declared_parameters(request))
        if refused:
            return bad_address(request, refused)
        try:
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # a mixin
        except IncorrectLookupParameters:
            return bad_address(request, request.GET)
        return response

    def declared_parameters(self, request: HttpRequest) -> dict[str, Check]:
        """Names that the list's address may hold, each with the check of its value."""
        declared: dict[str, Check] = {"p": is_page}
        if self.model_admin.get_search_fields(request):
            declared["q"] = is_text
        if self.model_admin.get_list_export(request):
            declared["export"] = is_export
        self.list_display = self.model_admin.get_list_display(request)
        declared["o"] = self._is_order
        for spec in self._specs:
            declared |= value_checks(spec)
        return declared

    def _is_order(self, value: str) -> bool:
        """Columns by number, each once, descending after a minus: only columns that can be sorted."""
        if not ORDER.fullmatch(value):
            return False
        numbers = [abs(int(part)) for part in value.split(".")]
        return len(set(numbers)) == len(numbers) and all(self._is_sortable(number) for number in numbers)

    def _is_sortable(self, number: int) -> bool:
        if number >= len(self.list_display):
            return False
        return bool(self.get_ordering_field(self.list_display[number]))  # type: ignore[attr-defined]  # of IndexView

    @cached_property
    def _specs(self) -> list[ListFilter]:
        """The declared filters with the values that the address gives them."""
        given = dict(self.request.GET.lists())
        return [self._spec(declared, given) for declared in self.model_admin.get_list_filter(self.request)]

    def _spec(self, declared: Any, given: dict[str, list[str]]) -> ListFilter:
        if callable(declared):
            spec: ListFilter = declared(self.request, given, self.model, self.model_admin)
            return spec
        path, make = declared if isinstance(declared, tuple) else (declared, FieldListFilter.create)
        field = get_fields_from_path(self.model, path)[-1]
        made: ListFilter = make(field, self.request, given, self.model, self.model_admin, field_path=path)
        return made

    def get_filters(self, request: HttpRequest) -> tuple[list[ListFilter], bool, dict[str, Any], bool]:
        """Return what modeladmin asks for: filters to show, whether there are any, no further lookups, whether rows
        double.

        A filter in use is shown and applied even when it has nothing to choose from.
        """
        shown = [spec for spec in self._specs if spec.has_output() or spec.used_parameters]
        paths = [spec.field_path for spec in self._specs if isinstance(spec, FieldListFilter)]
        doubling = any(lookup_spawns_duplicates(self.model._meta, path) for path in paths)
        return shown, bool(shown), {}, doubling
