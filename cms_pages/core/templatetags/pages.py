"""Template tags and filters of the public pages: `{% load pages %}`."""

from collections.abc import Iterable

from anyascii import anyascii
from django import template
from django.conf import settings
from django.template.defaultfilters import filesizeformat, slugify
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from wagtail.blocks import StructValue
from wagtail.documents.models import AbstractDocument
from wagtail.models import Page

from cms_pages.core.russian import SnippetPart
from cms_pages.core.selectors import link_url
from portal.core.sections import FOOTER

register = template.Library()


def _is_russian() -> bool:
    return get_language() == settings.LANGUAGE_CODE


@register.filter
def localized_title(page: Page, full_title: str = "") -> str:
    """The title that the editor wrote (`full_title` where given); in other languages, the translated section title."""
    title = full_title or page.title
    return title if _is_russian() else next((str(item.title) for item in FOOTER if item.url == page.url), title)


@register.simple_tag
def in_russian() -> str:
    """The attribute of an element whose words editors wrote, for a reader who chose another language."""
    return "" if _is_russian() else mark_safe(' lang="ru"')


@register.simple_tag
def title_language(page: Page) -> str:
    """The `lang` attribute for `localized_title`: Russian unless a section's title is translated."""
    return "" if any(item.url == page.url for item in FOOTER) else in_russian()


@register.filter
def highlighted(parts: Iterable[SnippetPart]) -> SafeString:
    """A snippet on one line, the words that were searched for in `<mark>`."""
    shown = (format_html("<mark>{}</mark>", part.text) if part.hit else part.text for part in parts)
    return format_html_join("", "{}", ((text,) for text in shown))


@register.filter
def slugify_russian(heading: str) -> str:
    """An anchor of Latin letters from a heading: «Сроки поверки» → sroki-poverki."""
    return slugify(anyascii(str(heading))) or "part"


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
    """Return where a link block leads; empty when its page is gone."""
    return link_url(value)
