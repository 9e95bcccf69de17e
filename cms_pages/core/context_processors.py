"""Context of the site's templates from the editors' settings: menus and the emergency banner, when asked."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from cms_pages.core.selectors import banner_at, menus
from portal.core import clock


def site(request: HttpRequest) -> dict[str, object]:
    """`menus` and `site_banner`, read only by templates that show them."""
    return {
        "menus": SimpleLazyObject(menus),
        "site_banner": SimpleLazyObject(lambda: banner_at(clock.now())),
    }
