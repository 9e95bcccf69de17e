"""Base class of the staff's reports, on Wagtail's ReportView: filters, columns, totals, pages, export, a permission.

A report declares its texts, columns and filters, and implements `rows`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse, QueryDict
from django.urls import URLPattern, path
from django.utils.functional import Promise, cached_property
from wagtail.admin.views.reports import ReportView

from portal.core import clock
from portal.core.exports import ExportColumn, table_response
from portal.office.common.forms import WithoutColons
from portal.office.common.menu import Screen
from portal.office.common.views import needs, same_list
from portal.office.reports.column import ReportColumn


class ReportFilters(WithoutColons, forms.Form):
    """Filters of a report. A filter that the address leaves out or empty has its `initial`."""

    has_summary = False

    def filter_queryset(self, rows: Any) -> Any:
        """Rows as they are: a report's selector is given the filters."""
        return rows

    @property
    def form(self) -> "ReportFilters":
        """Itself: Wagtail's listings ask a set of filters for its form."""
        return self


@dataclass(frozen=True, slots=True)
class Total:
    """A figure above the table: its label and its formatted value."""

    label: "str | Promise"
    value: str


class Report(ReportView):
    """A report of the staff, at /admin/office/reports/<slug>/, under «Отчёты» of the menu."""

    slug: ClassVar[str]
    page_title: ClassVar["str | Promise"]
    description: ClassVar["str | Promise"]
    """What its numbers mean and where they come from, above the table."""
    empty: ClassVar["str | Promise"]
    """Text shown when there are no rows."""
    header_icon = "doc-full"
    order: ClassVar[int] = 100
    columns: ClassVar[Sequence[ReportColumn]]
    filters_class: ClassVar[type[ReportFilters]] = ReportFilters

    template_name = "office/reports/report.html"
    table_classname = "listing listing--cards"
    page_kwarg = "page"
    shows_filter_errors = True
    list_export = ("columns",)

    def rows(self, filters: dict[str, Any]) -> Sequence[Any]:
        """All rows for the filters, in their order: a queryset or a list."""
        raise NotImplementedError

    def totals(self, rows: Sequence[Any], filters: dict[str, Any]) -> Sequence[Total]:
        """Figures of all rows, not of the page alone."""
        return ()

    def load(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The rows of a page or of an exported file, completed with data that the totals do not need."""
        return rows

    @classmethod
    def codename(cls) -> str:
        """Codename of its permission, which belongs to the app `office`."""
        return f"report_{cls.slug}"

    @classmethod
    def permission(cls) -> str:
        """The permission that opens it."""
        return f"office.{cls.codename()}"

    @classmethod
    def url_name(cls) -> str:
        """Name of its address."""
        return f"office_report_{cls.slug}"

    @classmethod
    def url(cls) -> URLPattern:
        """Its address, guarded by its permission."""
        view = needs(cls.permission())(cls.as_view())
        return path(f"office/reports/{cls.slug.replace('_', '-')}/", view, name=cls.url_name())

    @classmethod
    def screen(cls) -> Screen:
        """Its item of the menu."""
        return Screen(
            "reports",
            cls.page_title,
            cls.url_name(),
            icon=cls.header_icon,
            order=cls.order,
            permissions=(cls.permission(),),
        )

    @cached_property
    def filters(self) -> ReportFilters:
        """The filters as the address gives them, defaults for those that it leaves out or empty."""
        data = QueryDict(mutable=True)
        data.update(self.request.GET)
        for name, field in self.filters_class.base_fields.items():
            initial = field.initial() if callable(field.initial) else field.initial
            if not data.get(name, "").strip() and initial is not None:
                data[name] = str(initial)
        return self.filters_class(data)

    def get_queryset(self) -> Sequence[Any]:
        return self.rows(self.filters.cleaned_data) if self.filters.is_valid() else []

    def decorate_paginated_queryset(self, object_list: Sequence[Any]) -> Sequence[Any]:
        return self.load(list(object_list)) if self.is_export else object_list

    def get_table(self, object_list: Sequence[Any]) -> Any:
        return super().get_table(() if self.is_export else self.load(list(object_list)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        cleaned = self.filters.cleaned_data if self.filters.is_valid() else {}
        return context | {
            "today": clock.today(),
            "get": same_list(self.request),
            "totals": self.totals(self.object_list, cleaned) if self.object_list else (),
        }

    def get_filename(self) -> str:
        return f"{self.slug}-{clock.today()}"

    def as_spreadsheet(self, rows: Sequence[Any], spreadsheet_format: str) -> HttpResponse:
        columns: list[ExportColumn[Any]] = [ExportColumn(column.label, column.exported) for column in self.columns]
        return table_response(self.request, spreadsheet_format, self.get_filename(), columns, rows)
