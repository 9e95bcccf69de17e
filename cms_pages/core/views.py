"""Search, robots, sitemap, documents."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from wagtail.documents.views.serve import serve

from cms_pages.core.selectors import search_site
from portal.core.files.downloads import as_download

CLOSED = ("/admin/", "/personal/", "/accounts/", "/payments/", "/files/", "/api/v1/", "/captcha/", "/search/")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search over all pages; the words of a query may stand in any form."""
    query = request.GET.get("q", "").strip()[:200]
    result = search_site(query=query, page=request.GET.get("page", ""))
    return render(request, "search/search.html", {"query": query, "result": result})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Show what robots may read, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), ""]
    lines += [f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def document(request: HttpRequest, document_id: str, filename: str) -> HttpResponse:
    """An editor's document, after Wagtail's check of its collection, as a download that runs nothing."""
    response = serve(request, document_id, filename)
    if response.streaming:
        as_download(response, filename)
    return response
