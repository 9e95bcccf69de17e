"""Links to official sources in the admin: address, menu, a panel while one is dead."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from cms_pages.documents import staff_views
from cms_pages.documents.models import DocumentPage
from cms_pages.documents.selectors import dead_links


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """The editors' list of links."""
    return [path("source-links/", staff_views.links, name="cms_source_links")]


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def notify_of_a_file_without_text(request: HttpRequest, page: Page) -> None:
    """A scanned PDF has no text for the search: the editor is shown what to do."""
    latest = page.get_latest_revision_as_object() if isinstance(page, DocumentPage) else None
    if latest is not None and latest.file is not None and latest.file_read and not latest.file_text:
        messages.warning(
            request,
            _(
                "The file “%(file)s” contains no readable text: search will not find its words. Put the main words "
                "into the summary, or upload a PDF with text."
            )
            % {"file": latest.file.title},
        )


class LinksItem(MenuItem):
    """Shown to those who keep documents."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(staff_views.MAY_SEE)


@hooks.register("register_reports_menu_item")
def menu_item() -> LinksItem:
    """The way to the list."""
    return LinksItem(
        _("Links to official sources"),
        reverse_lazy("cms_source_links"),
        name="source-links",
        icon_name="link",
        order=650,
    )


class DeadLinksPanel(Component):
    """Official sources that do not answer, on the dashboard of those who keep documents."""

    name = "dead_links"
    order = 95
    template_name = "documents/admin_panel.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        return {"count": dead_links().count(), "url": f"{reverse('cms_source_links')}?state=dead"}


@hooks.register("construct_homepage_panels")
def dead_links_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Only while a link is dead."""
    if request.user.has_perm(staff_views.MAY_SEE) and dead_links().exists():
        panels.append(DeadLinksPanel())
