"""What a decision on tariffs changes, for the window in which it is approved."""

from django import template

from cms_pages.tariffs.models import TariffPage
from cms_pages.tariffs.selectors import rate_changes, rates_mark
from portal.billing.selectors import NumberPreview

register = template.Library()


@register.simple_tag
def tariff_changes(page: TariffPage) -> list[NumberPreview]:
    """Prices of the latest version that do not stand yet, with their effect."""
    return rate_changes(page.get_latest_revision_as_object())


@register.simple_tag
def tariff_mark(page: TariffPage) -> str:
    """By what the approval names the prices that were shown."""
    return rates_mark(page.get_latest_revision_as_object())
