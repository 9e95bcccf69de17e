"""The SDK's client with what it lacks: time limits, no proxy of the environment, every outcome as one of our errors.

The SDK keeps its keys in class attributes and waits for ever; a client of our own is handed to its resources, so that
keys are the instance's and a silent gateway cannot hold a worker.
"""

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from yookassa import Payment, Refund
from yookassa.client import ApiClient
from yookassa.domain.common import RequestObject, UserAgent

from portal.payments.gateways.base import (
    GatewayMisconfigured,
    GatewayMissing,
    GatewayRefusal,
    GatewayUnknown,
)

TIMEOUT = (5, 25)
LONGEST_ANSWER = 4 * 1024 * 1024


class LimitedAdapter(HTTPAdapter):
    """Every request has a time limit."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = TIMEOUT
        return super().send(request, *args, **kwargs)


class Client(ApiClient):
    """One shop's client for one call; `answer` is the last answer as it came."""

    def __init__(self, *, shop_id: str, secret_key: str, api_url: str) -> None:
        # The parent reads class-wide configuration; this client carries its own.
        self.endpoint = api_url.rstrip("/")
        self.shop_id, self.shop_password, self.auth_token = shop_id, secret_key, None
        self.user_agent = UserAgent()
        self.answer: dict[str, Any] = {}

    def get_session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.max_redirects = 0
        for scheme in ("https://", "http://"):
            session.mount(scheme, LimitedAdapter(max_retries=0))
        return session

    def request(
        self,
        method: str = "",
        path: str = "",
        query_params: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        body: Any = None,
    ) -> dict[str, Any]:
        """The SDK's own signature. Raises GatewayError for everything but a good answer."""
        if isinstance(body, RequestObject):
            body.validate()
            body = dict(body)
        with self.get_session() as session:
            try:
                response = session.request(
                    method,
                    self.endpoint + path,
                    params=query_params,
                    json=body,
                    allow_redirects=False,
                    headers=self.prepare_request_headers(headers),
                )
            except requests.RequestException as error:
                raise GatewayUnknown(type(error).__name__) from error
        self.answer = _read(response)
        return self.answer


def _read(response: requests.Response) -> dict[str, Any]:
    raw = _json_of(response)
    status = response.status_code
    code = str(raw.get("code") or status)
    if status == 200 and raw:
        return raw
    if status in {401, 403}:
        raise GatewayMisconfigured(code, status=status, raw=raw)
    if status == 404:
        raise GatewayMissing(code, status=status, raw=raw)
    if status in {400, 405, 410, 415}:
        raise GatewayRefusal(code, status=status, raw=raw)
    # 200 without a body, 202, 409, 429, redirects, 5xx: nobody knows, repeat with the same key.
    raise GatewayUnknown(code, status=status, raw=raw)


def _json_of(response: requests.Response) -> dict[str, Any]:
    if len(response.content) > LONGEST_ANSWER:
        return {}
    try:
        content = response.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


class Payments(Payment):
    """The SDK's payments over a given client; see `bound`."""

    shop: Client

    def __init__(self) -> None:
        self.client = self.shop


class Refunds(Refund):
    """The SDK's refunds over a given client; see `bound`."""

    shop: Client

    def __init__(self) -> None:
        self.client = self.shop


def bound(resource: type[Any], client: Client) -> Any:
    """A resource class of one shop: the SDK makes instances by itself, so the client stands on the class."""
    return type(resource.__name__, (resource,), {"shop": client})
