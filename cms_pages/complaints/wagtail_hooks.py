"""The complaints book in the admin: URLs, menu item, panel of the dashboard."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from cms_pages.complaints import staff_views
from cms_pages.complaints.permissions import REVIEW, may_review
from cms_pages.complaints.selectors import queue_numbers
from portal.accounts.permissions import READ_SCREENS, has_any
from portal.core import clock


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """The reviewers' screens."""
    return [
        path("complaints/", staff_views.queue, name="cms_complaints_queue"),
        path("complaints/statistics/", staff_views.statistics, name="cms_complaints_statistics"),
        path("complaints/<int:number>/", staff_views.review, name="cms_complaint_review"),
    ]


class ReviewersItem(MenuItem):
    """Shown to reviewers and to readers of all sections."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_any(request.user, (REVIEW, READ_SCREENS))


@hooks.register("register_admin_menu_item")
def menu_item() -> ReviewersItem:
    """Menu item of the reviewers' queue."""
    return ReviewersItem(
        pgettext_lazy("menu", "Complaints book"),
        reverse_lazy("cms_complaints_queue"),
        name="complaints-book",
        icon_name="openquote",
        order=170,
    )


class ComplaintsPanel(Component):
    """Panel of entries that wait for reviewers."""

    name = "complaints"
    order = 90
    template_name = "complaints/admin/panel.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        return {"numbers": queue_numbers(clock.today())}


@hooks.register("construct_homepage_panels")
def waiting_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Add the panel of the queue to the dashboard of reviewers."""
    if may_review(request.user):
        panels.append(ComplaintsPanel())
