"""What the admin says when tariffs are published."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import Page

from cms_pages.tariffs.exceptions import TariffRefused
from cms_pages.tariffs.models import TariffPage
from cms_pages.tariffs.services import adopted_words, check_rates, may_adopt, rates_of


@hooks.register("after_publish_page")
def tell_what_was_adopted(request: HttpRequest, page: Page) -> None:
    """The editor reads what billing counts by from now on."""
    if isinstance(page, TariffPage) and page.live:
        messages.info(request, adopted_words(page))


@hooks.register("before_bulk_action")
def ask_billing_before_bulk_publishing(
    request: HttpRequest, action_type: str, objects: list[Any], action_class_instance: Any
) -> HttpResponse | None:
    """Several pages published at once: a tariff that billing refuses stops them all, in words."""
    if action_type != "publish":
        return None
    for page in objects:
        specific = page.specific if isinstance(page, Page) else None
        if not isinstance(specific, TariffPage):
            continue
        latest = specific.get_latest_revision_as_object()
        try:
            if not may_adopt(request.user):
                raise TariffRefused(_("By the publishing rules an accountant publishes tariffs."))
            check_rates(rates_of(latest))
        except TariffRefused as refusal:
            messages.error(request, f"{latest.title}: {refusal.words}")
            return redirect(request.META.get("HTTP_REFERER") or "/admin/")
    return None
