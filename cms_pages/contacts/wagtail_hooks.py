"""Support questions in the admin: addresses and menu."""

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms_pages.contacts import staff_views
from portal.accounts.permissions import READ_SCREENS, has_any


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """The screens of those who answer."""
    return [
        path("support/", staff_views.questions, name="cms_support_questions"),
        path("support/<int:number>/", staff_views.question, name="cms_support_question"),
    ]


class AnswerersItem(MenuItem):
    """Shown to those who answer and to readers of all sections."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_any(request.user, (*staff_views.TOPIC_RIGHTS.values(), READ_SCREENS))


@hooks.register("register_admin_menu_item")
def menu_item() -> AnswerersItem:
    """The way to the questions."""
    address = reverse_lazy("cms_support_questions")
    label = pgettext_lazy("menu", "Questions")
    return AnswerersItem(label, address, name="support-questions", icon_name="help", order=171)
