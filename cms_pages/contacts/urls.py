"""CAPTCHA images of the support form, limited per client address because each is drawn on request."""

import functools
from collections.abc import Callable

from captcha import views
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from portal.accounts.client_ip import client_address
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.services import Sender, spend


def _limited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @functools.wraps(view)
    def limited_view(request: HttpRequest, **kwargs: object) -> HttpResponse:
        spend(Action.CAPTCHA, sender=Sender(address=client_address(request)))
        return view(request, **kwargs)

    return require_safe(limited_view)


urlpatterns = [
    path("image/<slug:key>/", _limited(views.captcha_image), {"scale": 1}, name="captcha-image"),
    path("refresh/", _limited(views.captcha_refresh), name="captcha-refresh"),
]
