"""Wagtail's own addresses that it opens to every employee: here each takes the right of the work that it is for.

Who writes no pages chooses no pages, pictures or files; the log of everything is read by whom the audit is open to.
"""

import re
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from wagtail.admin.auth import permission_denied
from wagtail.permissions import page_permission_policy

from portal.accounts.models import User
from portal.accounts.permissions import VIEW_AUDIT
from portal.accounts.staff import is_employee

Opens = Callable[[User], bool]
WRITING = {"add", "change", "publish"}


def _writes_pages(user: User) -> bool:
    return bool(page_permission_policy.user_has_any_permission(user, WRITING))


def _reads_audit(user: User) -> bool:
    return user.has_perm(VIEW_AUDIT)


def _keeps_search(user: User) -> bool:
    return user.has_perm("wagtailsearchpromotions.change_searchpromotion")


def _is_superuser(user: User) -> bool:
    return user.is_superuser


# Beginnings of the addresses' names, the first that fits.
RESTRICTED_ROUTES: tuple[tuple[str, Opens], ...] = (
    ("wagtailadmin_api:", _writes_pages),
    ("wagtailadmin_choose_page", _writes_pages),
    ("wagtailadmin_pages:move_confirm", _writes_pages),
    ("wagtailadmin_pages:confirm_workflow_cancellation", _writes_pages),
    ("wagtailadmin_tag_autocomplete", _writes_pages),
    ("wagtailimages_chooser:", _writes_pages),
    ("wagtaildocs_chooser:", _writes_pages),
    ("wagtailembeds:", _writes_pages),
    ("wagtailsnippetchoosers_", _writes_pages),
    ("wagtailsearchpromotions:chooser", _keeps_search),
    ("wagtailadmin_workflows:task_cho", _is_superuser),
    ("wagtailadmin_reports:site_history", _reads_audit),
)
# Pages for trying out Wagtail's errors, without a name of their own.
TRIALS = ("/admin/test404/", "/admin/failwhale/")
# Neither forms nor paragraphs nest.
CHANGING = re.compile(
    r"""<form\b[^>]*method="post".*?</form>|<p class="[^"]*office-work">.*?</p>""", re.DOTALL | re.IGNORECASE
)


class AdminAccessMiddleware:
    """Turn away from the admin: a resident with a plain refusal, an employee from what is not their work, as Wagtail
    does: to the dashboard.

    Wagtail would send a resident to log in, and the login page would send them, logged in, back here for ever.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if getattr(request, "reads_only", False) and response.get("Content-Type", "").startswith("text/html"):
            _offer_nothing(response)
        return response

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponseBase | None:
        """None for an address that is open or is not in the table. Raises PermissionDenied for a resident."""
        if request.path.startswith("/admin/") and request.user.is_authenticated and not is_employee(request.user):
            raise PermissionDenied
        opens = _rule_of(request)
        if opens is None or not is_employee(request.user) or opens(request.user):
            return None
        refused: HttpResponseBase = permission_denied(request)
        return refused


def _offer_nothing(response: HttpResponseBase) -> None:
    """Take what changes something out of a page that somebody may only read: forms that post, links to such forms."""
    if isinstance(response, HttpResponse):
        before, main, content = response.content.decode(response.charset).rpartition("<main")
        response.content = before + main + CHANGING.sub("", content)


def _rule_of(request: HttpRequest) -> Opens | None:
    if request.path in TRIALS:
        return _is_superuser
    name = request.resolver_match.view_name if request.resolver_match else ""
    return next((opens for beginning, opens in RESTRICTED_ROUTES if name.startswith(beginning)), None)
