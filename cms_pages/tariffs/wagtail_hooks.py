"""Messages of the admin when tariffs are published."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page

from cms_pages.tariffs import staff_views
from cms_pages.tariffs.exceptions import TariffRefused
from cms_pages.tariffs.models import TariffPage
from cms_pages.tariffs.selectors import tariff_effect
from cms_pages.tariffs.services import adopted_text, check_page, keep_as_draft, may_adopt
from cms_pages.tariffs.taking_down import DELETE, UNPUBLISH, require_withdrawn


@hooks.register("after_publish_page")
def notify_what_was_adopted(request: HttpRequest, page: Page) -> None:
    """The editor reads what billing counts by from now on."""
    if isinstance(page, TariffPage) and page.live:
        messages.info(request, adopted_text(page))


@hooks.register("before_publish_page")
def show_what_changes(request: HttpRequest, page: Page) -> HttpResponse | None:
    """New prices are published by the button under what they change; until then the page is kept as a draft."""
    if not isinstance(page, TariffPage):
        return None
    effect = tariff_effect(page)
    if not effect:
        return None
    # Wagtail saves a new page as live before its first publication.
    keep_as_draft(page)
    revision = page.get_latest_revision()
    later = page.go_live_at if page.go_live_at and page.go_live_at > timezone.now() else None
    return TemplateResponse(
        request, "pages/tariff_changes.html", {"page": page, "tariff": effect, "revision": revision, "later": later}
    )


@hooks.register("before_unpublish_page")
def ask_before_unpublishing(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A decision with prices is unpublished by the button under what stays in force."""
    return staff_views.taking_down(request, page, UNPUBLISH) if isinstance(page, TariffPage) else None


@hooks.register("before_delete_page")
def ask_before_deleting(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A decision with prices is deleted by the button under what stays in force."""
    return staff_views.taking_down(request, page, DELETE) if isinstance(page, TariffPage) else None


@hooks.register("register_admin_urls")
def tariff_urls() -> list[URLPattern]:
    """The second step of publishing a tariff."""
    return [path("tariffs/publish/<int:pk>/<int:revision>/", staff_views.publish_seen, name="cms_tariffs_publish")]


@hooks.register("before_bulk_action")
def ask_billing_before_bulk_publishing(
    request: HttpRequest, action_type: str, objects: list[Any], action_class_instance: Any
) -> HttpResponse | None:
    """Several pages published or taken down at once: a tariff that billing refuses stops them all, in words."""
    if action_type not in ("publish", "unpublish", "delete"):
        return None
    for page in objects:
        specific = page.specific if isinstance(page, Page) else None
        if not isinstance(specific, TariffPage):
            continue
        latest = specific.get_latest_revision_as_object()
        try:
            if action_type != "publish":
                require_withdrawn(specific)
                continue
            if not may_adopt(request.user, specific):
                raise TariffRefused(_("Under the publishing rules, an accountant publishes tariffs."))
            check_page(latest)
            if tariff_effect(latest):
                message = _("It sets new prices: publish it from its own page, where their effect is shown.")
                raise TariffRefused(message)
        except TariffRefused as refusal:
            messages.error(request, f"{latest.title}: {refusal.message}")
            return redirect(request.META.get("HTTP_REFERER") or "/admin/")
    return None
