"""Template tag with the effect of a tariff decision, for the approval window."""

from django import template
from wagtail.models import Page

from cms_pages.tariffs.models import TariffPage
from cms_pages.tariffs.selectors import TariffEffect, rates_token
from cms_pages.tariffs.selectors import tariff_effect as effect_of

register = template.Library()


@register.simple_tag
def tariff_changes(page: Page) -> TariffEffect:
    """Return what the latest version changes: prices that begin, prices that go, what to ask."""
    latest = page.get_latest_revision_as_object()
    return effect_of(latest) if isinstance(latest, TariffPage) else TariffEffect([], [], [])


@register.simple_tag
def tariff_preview_token(page: Page) -> str:
    """By what the approval names the prices that were shown."""
    latest = page.get_latest_revision_as_object()
    return rates_token(latest) if isinstance(latest, TariffPage) else "—"
