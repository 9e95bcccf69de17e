"""Small helps of the pages' templates: `{% load pages %}`."""

from anyascii import anyascii
from django import template
from django.template.defaultfilters import filesizeformat, slugify
from wagtail.blocks import StructValue
from wagtail.documents.models import AbstractDocument

from cms_pages.core.selectors import link_url

register = template.Library()


@register.filter
def slugify_russian(words: str) -> str:
    """An anchor of Latin letters from a heading: «Сроки поверки» → sroki-poverki."""
    return slugify(anyascii(str(words))) or "part"


@register.filter
def file_facts(document: AbstractDocument | None) -> str:
    """«PDF, 210 КБ»."""
    if document is None:
        return ""
    size = document.get_file_size()
    kind = document.file_extension.upper()
    return f"{kind}, {filesizeformat(size)}" if size else kind


@register.simple_tag
def link_address(value: StructValue) -> str:
    """Where a link block leads; empty when its page is gone."""
    return link_url(value)
