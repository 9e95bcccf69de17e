"""Consents to the processing of personal data: the versions of the text, and who agreed to which."""

import datetime as dt
from typing import Any

from django.contrib.admin import display
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList

from portal.accounts.models import Consent, ConsentText
from portal.accounts.services.consents import ensure_text, next_version
from portal.core import clock
from portal.office.common.lists import DatedPermissions, OfficeAdmin


class VersionForm(WagtailAdminModelForm):
    """A new version begins with the words in force; it holds from today on, or later."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        self.initial |= {
            "text": ensure_text(today=today).text,
            "version": next_version(year=today.year),
            "valid_from": today,
        }

    def clean_valid_from(self) -> dt.date:
        """Not a day that has passed: consents given then were given to other words."""
        day: dt.date = self.cleaned_data["valid_from"]
        if day < clock.today():
            raise ValidationError(_("A new text is in force from today or from a later day."))
        return day


class ConsentTextAdmin(OfficeAdmin):
    """Versions of the text. A change is a new version: what somebody agreed to never changes."""

    model = ConsentText
    group = "residents"
    menu_icon = "doc-full"
    menu_order = 92
    permission_helper_class = DatedPermissions
    list_display = ("version", "valid_from", "given")
    list_export = ("version", "valid_from", "given", "text")
    search_fields = ("version", "text")
    inspect_view_fields = ("version", "valid_from", "text")
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("version"), FieldPanel("valid_from")]),
            FieldPanel(
                "text",
                help_text=gettext_lazy("Residents see this text in the profile and may agree to it on screen."),
            ),
        ],
        base_form_class=VersionForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsentText]:
        consents = Count("consents", filter=Q(consents__withdrawn_at=None))
        queryset: QuerySet[ConsentText] = super().get_queryset(request).annotate(given=consents)
        return queryset

    @display(description=gettext_lazy("Consents in force"))
    def given(self, text: ConsentText) -> int:
        return int(text.given)  # type: ignore[attr-defined]  # counted by the query


class ConsentAdmin(OfficeAdmin):
    """Consents by version, on paper or on screen; withdrawn ones stay as they were."""

    model = Consent
    group = "residents"
    menu_icon = "check"
    menu_order = 91
    list_display = ("person", "text", "on_paper_on", "recorded_at", "recorded_by", "withdrawn_at")
    list_export = list_display
    list_select_related = ("person", "text", "recorded_by")
    list_filter = ("text__version", "withdrawn_at")
    search_fields = ("person__last_name", "person__first_name", "person__holdings__account__number")
    ordering = ("-recorded_at",)


LISTS = (ConsentAdmin, ConsentTextAdmin)
