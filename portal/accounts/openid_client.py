"""Talking to LiveJournal's OpenID: discovery at run time, five seconds of patience, then plain words."""

import urllib.request
from typing import Any

from allauth.socialaccount.providers.openid.provider import OpenIDProvider
from allauth.socialaccount.providers.openid.utils import DBOpenIDStore, JSONSafeSession
from django.http import HttpRequest
from django.urls import reverse
from openid import fetchers
from openid.consumer import consumer
from openid.consumer.discover import DiscoveryFailure

TIMEOUT_SECONDS = 5.0


class ProviderUnavailable(Exception):
    """The provider did not answer, or what it answered is no OpenID."""


class PatientFetcher(fetchers.Urllib2Fetcher):
    """The library's fetcher waits for ever; this one does not."""

    @staticmethod
    def urlopen(request: Any) -> Any:
        """Open with a time limit."""
        return urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)  # noqa: S310  # the settings' template is http(s)


fetchers.setDefaultFetcher(PatientFetcher())


def _client(request: HttpRequest) -> consumer.Consumer:
    return consumer.Consumer(JSONSafeSession(request.session), DBOpenIDStore())


def begin(request: HttpRequest, *, identity: str, process: str, next_url: str = "") -> str:
    """Discover the identity's provider and return the address to send the browser to. Raises ProviderAway."""
    try:
        auth_request = _client(request).begin(identity)
    except (DiscoveryFailure, UnicodeDecodeError, OSError) as error:
        raise ProviderUnavailable from error
    provider = OpenIDProvider(request)
    provider.stash_redirect_state(request, process=process, next_url=next_url or None)
    realm = request.build_absolute_uri("/")
    return str(auth_request.redirectURL(realm, request.build_absolute_uri(reverse("openid_callback"))))


def finish(request: HttpRequest) -> Any:
    """The library's verdict on what the provider sent back: signature, nonce, realm, discovered again."""
    return _client(request).complete(request.GET.dict(), request.build_absolute_uri(request.path))
