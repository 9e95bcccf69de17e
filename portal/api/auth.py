"""Keys of the API: whose it is, what it opens, how often it may be used."""

from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from portal.accounts import login_flow
from portal.accounts.client_ip import client_address
from portal.accounts.enums import ApiScope
from portal.accounts.models import ApiKey, User
from portal.accounts.services.api_keys import authenticate_key
from portal.api.problems import Problem
from portal.core import clock
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.services import Sender, address_group, quotas, spend

JSON = "application/json"
LARGEST_BODY = 16 * 1024
QUOTAS = "api_quotas"
"""Attribute of a request: what is left of the limits to its key's login."""


class ApiRequest(HttpRequest):
    """A request with a valid key."""

    auth: User
    api_key: ApiKey


class KeyAuth(HttpBearer):
    """`Authorization: Bearer KEY` with one scope; keys are made in the profile, /personal/profile/keys/."""

    def __init__(self, scope: ApiScope, *, produces: str = JSON) -> None:
        super().__init__()
        self.scope = scope
        self.produces = produces

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Whose key it is; each call is counted here, before any work.

        Raises RateLimited; TooManyAttempts while wrong keys from this address are paused; Problem for a key without
        the scope, and for media types that the operation does not take or give.
        """
        moment = clock.real_now()
        login_flow.check_api_address(request, moment=moment)
        key = authenticate_key(secret=token, moment=moment, network=address_group(client_address(request)))
        if key is None:
            login_flow.count_wrong_api_key(request, moment=moment)
            return None
        sender = Sender(login=str(key.user_id))
        setattr(request, QUOTAS, lambda: quotas(Action.API, sender=sender))
        spend(Action.API, sender=sender)
        if self.scope not in key.scopes:
            raise Problem(
                "scope_missing",
                _("The key has no scope “%(scope)s”.") % {"scope": self.scope},
                headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{self.scope}"'},
            )
        self._check_media(request)
        cast("ApiRequest", request).api_key = key
        return key.user

    def _check_media(self, request: HttpRequest) -> None:
        if not request.accepts(self.produces):
            raise Problem("not_acceptable", _("This address answers with %(type)s.") % {"type": self.produces})
        if request.method != "POST":
            return
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            raise Problem("too_large")
        if request.content_type != JSON:
            raise Problem("unsupported_media_type")
