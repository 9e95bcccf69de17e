"""Links to official sources, for editors: which are dead, where they stand, look again now."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_q.tasks import async_task

from cms_pages.documents.enums import LinkState
from cms_pages.documents.selectors import LinkRow, last_look, source_links, with_pages
from portal.core.exports import ExportColumn, table_response
from portal.core.list_parameters import is_export, is_page, is_text, list_parameters, one_of

MAY_SEE = "cms_documents.view_sourcelink"
PER_PAGE = 30


def _columns() -> list[ExportColumn[LinkRow]]:
    return [
        ExportColumn(_("Document"), lambda row: "; ".join(page.title for page in row.pages)),
        ExportColumn(_("Address"), lambda row: row.link.url),
        ExportColumn(_("State"), lambda row: row.link.get_state_display()),
        ExportColumn(_("Response"), lambda row: row.link.detail),
        ExportColumn(pgettext("documents", "Reviewed"), lambda row: row.link.checked_at),
        ExportColumn(_("Does not answer since"), lambda row: row.link.failing_since),
    ]


@list_parameters(q=is_text, state=one_of(LinkState), page=is_page, export=is_export)
def links(request: HttpRequest) -> HttpResponse:
    """The list, dead ones on top; POST looks at every address again, in the background."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    if request.method == "POST":
        async_task("cms_pages.documents.jobs.look_at_links", task_name="links asked by staff")
        messages.success(request, _("Checking every address: come back in a minute."))
        return redirect("cms_source_links")
    state, query = request.GET.get("state", ""), request.GET.get("q", "").strip()[:200]
    listed = source_links(state=state, query=query)
    if kind := request.GET.get("export", ""):
        return table_response(request, kind, "source-links", _columns(), with_pages(listed))
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("Links to official sources"),
        "links": page,
        "rows": with_pages(page.object_list),
        "states": LinkState.choices,
        "state": state,
        "query": query,
        "looked_at": last_look(),
    }
    return render(request, "documents/admin_source_links.html", context)
