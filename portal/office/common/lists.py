"""Base of the office's lists: who may do what, search in Russian, export without formulas."""

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from django.contrib.admin.utils import get_fields_from_path, label_for_field, unquote
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail_modeladmin.helpers import ButtonHelper, DjangoORMSearchHandler, PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import CreateView, EditView, HistoryView, IndexView, InspectView

from portal.accounts.audit import SAW
from portal.accounts.models import Account, House, Premises, Street
from portal.accounts.permissions import VIEW_AUDIT
from portal.core import spreadsheets
from portal.core.exports import ExportColumn, table_response
from portal.core.formatting import date_text, moment_text, user_name
from portal.core.list_parameters import bad_address, is_page, refused_parameters
from portal.office.audit.viewing import log_added, log_changed, log_view, subject_of
from portal.office.common.menu import hook_of
from portal.office.common.parameters import DeclaredParametersMixin


class ComputedPermissions(PermissionHelper):
    """Permissions of computed rows: viewing only; nobody changes them, not even a superuser."""

    adds = False
    edits = False

    def user_can_list(self, user: AbstractBaseUser) -> bool:
        return self.user_has_specific_permission(user, self.get_perm_codename("view"))

    def user_can_inspect_obj(self, user: AbstractBaseUser, obj: Model) -> bool:
        return self.user_can_list(user)

    def user_can_create(self, user: AbstractBaseUser) -> bool:
        return self.adds and self.user_has_specific_permission(user, self.get_perm_codename("add"))

    def user_can_edit_obj(self, user: AbstractBaseUser, obj: Model) -> bool:
        return self.edits and self.user_has_specific_permission(user, self.get_perm_codename("change"))

    def user_can_delete_obj(self, user: AbstractBaseUser, obj: Model) -> bool:
        return False


class DatedPermissions(ComputedPermissions):
    """Dated facts: a new one is added, an old one is history."""

    adds = True


class KeptPermissions(ComputedPermissions):
    """Records that a guided screen makes; staff keep them up to date here."""

    edits = True


class RecordPermissions(ComputedPermissions):
    """Records that staff make and keep up to date. Nothing is deleted: it is closed with a date."""

    adds = True
    edits = True


class RussianSearch(DjangoORMSearchHandler):
    """Every word must be found in one of the fields, whatever its case."""

    def search_queryset(
        self, queryset: QuerySet[Any], search_term: str, preserve_order: bool = False, **kwargs: Any
    ) -> QuerySet[Any]:
        if not search_term or not self.search_fields:
            return queryset
        for word in search_term.split():
            condition = Q()
            for field in self.search_fields:
                condition |= Q(**{f"{field}__icontains": word})
            queryset = queryset.filter(pk__in=queryset.model._base_manager.filter(condition).values("pk"))
        return queryset


class OfficeIndexView(DeclaredParametersMixin, IndexView):
    """A list that takes declared parameters only.

    Its export neutralises formulas (OWASP, CSV injection) and keeps numbers and dates as such.
    """

    def get_filename(self) -> str:
        return str(self.opts.verbose_name_plural)

    def get_heading(self, queryset: QuerySet[Any], field: str) -> str:
        if field == "pk":
            return "№"
        heading: str = super().get_heading(queryset, field)
        return heading[:1].upper() + heading[1:].lower() if heading.istitle() else heading

    def as_spreadsheet(self, queryset: QuerySet[Any], spreadsheet_format: str) -> HttpResponse:
        columns: list[ExportColumn[Model]] = [
            ExportColumn(self.get_heading(queryset, field), partial(self._export_cell, field))
            for field in self.list_export
        ]
        rows = queryset.iterator(chunk_size=2000)
        return table_response(self.request, spreadsheet_format, self.get_filename(), columns, rows)

    def _export_cell(self, field: str, item: Model) -> spreadsheets.Cell:
        return _cell(self.model_admin.export_value(item, field))


def _cell(value: Any) -> spreadsheets.Cell:
    if value is None or isinstance(value, bool | int | Decimal | dt.date | dt.datetime):
        return value
    return str(value)


class OfficeButtons(ButtonHelper):
    """Russian nouns have genders: «add a record» suits them all."""

    def add_button(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        button: dict[str, Any] = super().add_button(*args, **kwargs)
        return button | {"label": _("Add a record"), "title": _("Add a record")}


class LoadedFromListMixin:
    """The record of the URL, loaded as its list loads it, annotations included; 404 for what the list does not hold."""

    instance: Model
    model_admin: Any

    def __init__(self, model_admin: Any, instance_pk: str) -> None:
        try:
            model_admin.model._meta.pk.clean(unquote(instance_pk), None)
        except ValidationError as error:
            raise Http404 from error
        super().__init__(model_admin, instance_pk)  # type: ignore[call-arg]  # a mixin of views

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.instance = get_object_or_404(self.model_admin.get_queryset(request), pk=self.instance.pk)
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # a mixin of views
        return response


class SeenView(LoadedFromListMixin):
    """Opening a resident's record is noted in the audit."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[misc]  # a mixin of views
        if subject_of(self.instance) is not None:
            log_view(request, self.instance, f"Запись: {self.instance._meta.verbose_name}")
        return response


class OfficeEditView(SeenView, EditView):
    """Editing a record: every changed field of a resident's record is noted with its values."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        log_changed(self.request, form, form.changed_data)
        return response


class OfficeCreateView(CreateView):
    """A new record of a resident's account is noted."""

    page_title = gettext_lazy("New record")

    def get_page_subtitle(self) -> str:
        return capfirst(self.verbose_name)

    def get_success_message(self, instance: Model) -> str:
        return _("Entered: %(record)s.") % {"record": instance}

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        log_added(self.request, self.instance)
        return response

    def get_initial(self) -> dict[str, Any]:
        """Return what the address tells is filled in: a link to fix something leads to a form half done."""
        return {**super().get_initial(), **self.request.GET.dict()}

    def get_success_message_buttons(self, instance: Model) -> list[Any]:
        """«Изменить» only where the record may be changed: a dated fact has no such address."""
        if not self.permission_helper.edits:
            return []
        buttons: list[Any] = super().get_success_message_buttons(instance)
        return buttons


class OfficeInspectView(SeenView, InspectView):
    """A record with its values as people read them."""

    def get_meta_title(self) -> str:
        return str(self.instance)

    def get_field_label(self, field_name: str, field: Any = None) -> str:
        return capfirst(str(label_for_field(field_name, self.model, self.model_admin)))

    def get_field_display_value(self, field_name: str, field: Any = None) -> Any:
        """A column of the list as there, the account with the way to its card, dates and names as people read them."""
        if field is None and hasattr(self.model_admin, field_name):
            return getattr(self.model_admin, field_name)(self.instance)
        value = getattr(self.instance, field_name, None)
        if isinstance(value, Account) and self.request.user.has_perm("office.view_account_card"):
            return format_html('<a href="{}">{}</a>', reverse("office_account", args=[value.pk]), value)
        shown = readable(value)
        return shown if shown is not None else super().get_field_display_value(field_name, field) or "—"


class OfficeHistoryView(SeenView, HistoryView):
    """The history of a record: for whoever may look at the record itself; who saw it is the audit's."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.permission_helper.user_can_inspect_obj(request.user, self.instance):
            raise PermissionDenied
        refused = refused_parameters(request.GET, {"p": is_page})
        if refused:
            return bad_address(request, refused)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        entries: QuerySet[Any] = super().get_queryset()
        return entries if self.request.user.has_perm(VIEW_AUDIT) else entries.exclude(action=SAW)


def readable(value: Any) -> str | None:
    """Dates and numbers as the portal writes them; None for what is neither."""
    if isinstance(value, dt.datetime):
        return moment_text(value, year=True)
    if isinstance(value, dt.date):
        return date_text(value, year=True)
    if isinstance(value, AbstractUser):
        return user_name(value)
    return None


# Number and address of an account are in every list of what belongs to it.
PLACES = (Account, Premises, House, Street)


class OfficeAdmin(ModelAdmin):
    """A list of the office. `group` is its place in the menu, `permission_helper_class` says what may be done."""

    group: ClassVar[str]
    permission_helper_class: type[ComputedPermissions] = ComputedPermissions
    button_helper_class = OfficeButtons
    search_handler_class = RussianSearch
    index_view_class = OfficeIndexView
    inspect_view_class = OfficeInspectView
    create_view_class = OfficeCreateView
    edit_view_class = OfficeEditView
    history_view_class = OfficeHistoryView
    inspect_view_enabled = True
    add_to_admin_menu = False
    list_per_page = 50
    # Fields of related records that the list itself shows: searched by everybody who may open the list.
    search_shown: ClassVar[tuple[str, ...]] = ()
    empty_value_display = "—"
    index_view_extra_css: ClassVar[list[str]] = ["css/admin-lists.css"]

    def register_with_wagtail(self) -> None:
        super().register_with_wagtail()
        hooks.register(hook_of(self.group), self.get_menu_item)

    def register_indexing(self) -> None:
        """Keep these models out of Wagtail's reference index, which would add five queries to each save of a charge, a
        payment or a reading. It answers where a picture, a document or a page is used, and none of them holds one.
        """

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """The search compares what the employee may see: fields of other records need the right to view these."""
        return tuple(field for field in self.search_fields or () if self._may_search(request.user, field))

    def _may_search(self, user: Any, field: str) -> bool:
        owner = get_fields_from_path(self.model, field)[-1].model
        if owner is self.model or owner in PLACES or field in self.search_shown:
            return True
        return bool(user.has_perm(f"{owner._meta.app_label}.view_{owner._meta.model_name}"))

    def get_menu_label(self) -> Any:
        return self.menu_label or self.opts.verbose_name_plural

    def get_admin_urls_for_registration(self) -> tuple[URLPattern, ...]:
        """Only addresses of what somebody may do: a computed record has no address for editing at all."""
        return tuple(
            pattern
            for pattern in super().get_admin_urls_for_registration()
            if pattern.name not in self._closed_addresses()
        )

    def _closed_addresses(self) -> set[str]:
        closed = ["delete"]
        if not self.permission_helper_class.edits:
            closed += ["edit", "history"]
        if not self.permission_helper_class.adds:
            closed += ["create"]
        return {self.url_helper.get_action_url_name(action) for action in closed}

    def get_extra_attrs_for_field_col(self, obj: Model, field_name: str) -> dict[str, Any]:
        """The heading goes along with each cell but the first: on a phone a row is a card, its first cell the title."""
        if field_name == self.list_display[0]:
            return {}
        return {"data-label": capfirst(str(label_for_field(field_name, self.model, self)))}

    def export_value(self, item: Model, field: str) -> Any:
        """A value for a spreadsheet: choices by their label, numbers and dates as such."""
        own = getattr(self, field, None)
        if callable(own):
            raw = getattr(own, "export", None)
            return raw(item) if raw else own(item)
        label = getattr(item, f"get_{field}_display", None)
        value: Any = label() if label else item
        if not label:
            for part in field.split("__"):
                value = getattr(value, part, None)
        return value() if callable(value) else value
