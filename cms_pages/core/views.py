"""Search, robots, sitemap."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cms_pages.core.selectors import search_site

CLOSED = ("/admin/", "/personal/", "/accounts/", "/payments/", "/files/", "/api/v1/", "/captcha/", "/search/")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Search over all pages; the words of a query may stand in any form."""
    query = request.GET.get("q", "").strip()[:200]
    result = search_site(query=query, page=request.GET.get("page", ""))
    return render(request, "search/search.html", {"query": query, "result": result})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What robots may read, and where the sitemap is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), ""]
    lines += [f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
