"""The second step of publishing a tariff, or of taking it down: after its effect was shown."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cms_pages.tariffs.exceptions import ApprovalMissing, TariffRefused
from cms_pages.tariffs.models import TariffPage
from cms_pages.tariffs.selectors import tariff_effect, tariff_page
from cms_pages.tariffs.services import adopted_text
from cms_pages.tariffs.taking_down import DELETE, effect_of_taking_down, submit_taking_down
from portal.approvals.enums import NumberRule
from portal.approvals.selectors import approvers_of
from portal.approvals.services import needs_two
from portal.core import clock
from portal.core.formatting import moment_text, user_name


@require_POST
def publish_seen(request: HttpRequest, pk: int, revision: int) -> HttpResponse:
    """Publish the very version whose effect was shown; one that was changed since is shown anew."""
    page = tariff_page(pk)
    if page is None:
        raise Http404
    if not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    if page.latest_revision_id != revision:
        messages.warning(request, _("The page has changed since: check its effect once more."))
        return redirect("wagtailadmin_pages:edit", pk)
    if tariff_effect(page.get_latest_revision_as_object()).questions and "confirmed" not in request.POST:
        messages.error(request, _("If the prices are right, tick the box below them, then publish."))
        return redirect("wagtailadmin_pages:edit", pk)
    try:
        page.latest_revision.publish(user=request.user)
    except (TariffRefused, ApprovalMissing) as refusal:
        message = getattr(refusal, "message", _("Under the publishing rules, an accountant publishes tariffs."))
        messages.error(request, message)
        return redirect("wagtailadmin_pages:edit", pk)
    page.refresh_from_db()
    planned = page.scheduled_revision
    if planned is not None:
        named = {"title": page.title, "moment": moment_text(planned.approved_go_live_at)}
        messages.success(request, _("“%(title)s” goes live on %(moment)s.") % named)
        return redirect("wagtailadmin_pages:edit", pk)
    messages.success(request, _("“%(title)s” is published.") % {"title": page.title})
    if page.live:
        messages.info(request, adopted_text(page))
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def taking_down(request: HttpRequest, page: TariffPage, action: str) -> HttpResponse | None:
    """Show what stays in force, ask why, then take the page down; None when it has no prices and Wagtail goes on."""
    effect = effect_of_taking_down(page)
    if not effect.withdrawn and not effect.used:
        return None
    reason = request.POST.get("reason", "").strip()[:200]
    if request.method == "POST" and "taken_down" in request.POST and reason:
        return _taken_down(request, page, action, reason)
    context = {
        "page": page,
        "tariff": effect,
        "deleting": action == "delete",
        "two_people": bool(effect.withdrawn) and needs_two(NumberRule.TARIFF),
        "unanswered": "taken_down" in request.POST,
    }
    return TemplateResponse(request, "pages/tariff_taking_down.html", context)


def _taken_down(request: HttpRequest, page: TariffPage, action: str, reason: str) -> HttpResponse:
    by: Any = request.user
    parent = page.get_parent().pk
    waits = submit_taking_down(page=page, action=action, by=by, reason=reason, now=clock.now())
    if waits is not None:
        names = ", ".join(user_name(user) for user in approvers_of(waits))
        message = _("“%(title)s” stays until somebody else approves this: %(who)s. You will be notified.")
        messages.warning(request, message % {"title": page.title, "who": names or _("nobody yet")})
    elif action == DELETE:
        messages.success(request, _("“%(title)s” is deleted.") % {"title": page.title})
    else:
        messages.success(request, _("“%(title)s” is unpublished.") % {"title": page.title})
    return redirect("wagtailadmin_explore", parent)
