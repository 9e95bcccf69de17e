"""The second step of publishing a tariff: after its effect was shown."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cms_pages.tariffs.exceptions import ApprovalMissing, TariffRefused
from cms_pages.tariffs.models import TariffPage
from cms_pages.tariffs.services import adopted_words
from portal.core.formatting import moment_text


@require_POST
def publish_seen(request: HttpRequest, pk: int, revision: int) -> HttpResponse:
    """Publish the very version whose effect was shown; one that was changed since is shown anew."""
    page = TariffPage.objects.filter(pk=pk).first()
    if page is None:
        raise Http404
    if not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    if page.latest_revision_id != revision:
        messages.warning(request, _("The page was changed since: look at what it changes once more."))
        return redirect("wagtailadmin_pages:edit", pk)
    try:
        page.latest_revision.publish(user=request.user)
    except (TariffRefused, ApprovalMissing) as refusal:
        words = getattr(refusal, "words", _("By the publishing rules an accountant publishes tariffs."))
        messages.error(request, words)
        return redirect("wagtailadmin_pages:edit", pk)
    page.refresh_from_db()
    planned = page.scheduled_revision
    if planned is not None:
        named = {"title": page.title, "moment": moment_text(planned.approved_go_live_at)}
        messages.success(request, _("“%(title)s” goes live on %(moment)s.") % named)
        return redirect("wagtailadmin_pages:edit", pk)
    messages.success(request, _("“%(title)s” is published.") % {"title": page.title})
    if page.live:
        messages.info(request, adopted_words(page))
    return redirect("wagtailadmin_explore", page.get_parent().pk)
