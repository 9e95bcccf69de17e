"""Payments: the list, one, and beginning one."""

import uuid
from http import HTTPStatus
from typing import Annotated

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from ninja import Header, Path, Router

from portal.accounts.client_ip import client_address
from portal.accounts.enums import ApiScope
from portal.accounts.models import Account
from portal.api.auth import ApiRequest, KeyAuth
from portal.api.cursors import link_next, moment_and_key, read_cursor
from portal.api.endpoints.common import AccountId, Cursor, Limit, own_account
from portal.api.idempotency import Answer, answer_once
from portal.api.problems import Problem, problem_response, refusal
from portal.api.schemas import DEFAULT_PAGE, PaymentIn, PaymentOut
from portal.core import clock
from portal.core.rate_limits.declared import Action
from portal.core.rate_limits.services import Sender, spend
from portal.core.refusals import error_message
from portal.payments.calculation import parse_amount
from portal.payments.contacts import checked_contact
from portal.payments.exceptions import AmountRefused, ContactNeeded, GatewayNotReady, KeyReused, SimilarPaymentOpen
from portal.payments.gateways import current_gateway, gateway_by_code
from portal.payments.models import Payment
from portal.payments.selectors import payment_of
from portal.payments.selectors.residents import payments_before
from portal.payments.services.paying import PaymentRequest, begin_payment, refresh_on_return

router = Router(auth=KeyAuth(ApiScope.PAYMENTS), tags=["payments"])
Reference = Annotated[uuid.UUID, Path(description=_("The payment, from the list of payments"))]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        pattern="^[A-Za-z0-9._:-]*$",
        description=_("A random name of this payment: a repeat with it is the same payment, and gets the same answer"),
    ),
]


def _position(payment: Payment) -> tuple[str, int]:
    return payment.created_at.isoformat(), payment.pk


@router.get("/accounts/{account}/payments/", response={HTTPStatus.OK: list[PaymentOut]}, summary=_("Payments"))
def list_payments(
    request: ApiRequest, response: HttpResponse, account: AccountId, limit: Limit = DEFAULT_PAGE, cursor: Cursor = ""
) -> list[PaymentOut]:
    """Payments of the account in the login's own time, by any channel, newest first."""
    before = moment_and_key(read_cursor(request, cursor))
    rows = payments_before(request.auth, own_account(request, account), before=before, limit=limit + 1)
    return [_payment(row) for row in link_next(request, response, rows, limit=limit, position=_position)]


@router.get("/payments/{reference}/", response={HTTPStatus.OK: PaymentOut}, summary=_("One payment"))
def get_payment(request: ApiRequest, reference: Reference) -> PaymentOut:
    """Whether a payment has gone through: the bank is asked, at most every few seconds."""
    payment = payment_of(request.auth, reference)
    if payment is None:
        raise Problem("not_found")
    if payment.gateway:
        payment = refresh_on_return(payment=payment, gateway=gateway_by_code(payment.gateway), now=clock.now())
    return _payment(payment)


@router.post("/accounts/{account}/payments/", response={HTTPStatus.CREATED: PaymentOut}, summary=_("Begin a payment"))
def create_payment(
    request: ApiRequest, account: AccountId, data: PaymentIn, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Make a payment and get the bank's page for it. Nothing is paid until a person pays on that page."""
    own = own_account(request, account)
    return answer_once(request, key=idempotency_key, run=lambda: _begin(request, own, data, idempotency_key))


def _begin(request: ApiRequest, account: Account, data: PaymentIn, idempotency_key: str) -> Answer:
    """Begin a payment; its key at the gateway is made of the login and the Idempotency-Key."""
    user = request.auth
    spend(Action.PAYMENT, sender=Sender(login=str(user.pk), address=client_address(request)))
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{user.pk}:{idempotency_key}")
    try:
        wanted = PaymentRequest(
            account=account,
            payer=user,
            amount=parse_amount(format(data.amount, "f")),
            key=f"api:{user.pk}:{name.hex}",
            contact=checked_contact(data.contact or user.email),
            confirm_duplicate=data.confirm_duplicate,
        )
        payment = begin_payment(
            request=wanted,
            gateway=current_gateway(),
            return_url=lambda made: request.build_absolute_uri(reverse("cabinet:payment", args=[made.reference])),
            now=clock.now(),
        )
    except GatewayNotReady as error:
        raise Problem("unavailable", error_message(error), headers={"Retry-After": "300"}) from error
    except (AmountRefused, ContactNeeded, KeyReused, SimilarPaymentOpen) as error:
        return Answer.of(problem_response(request, refusal(error)))
    return Answer(HTTPStatus.CREATED, _payment(payment).model_dump(mode="json"))


def _payment(payment: Payment) -> PaymentOut:
    return PaymentOut(
        reference=payment.reference,
        state=payment.state,
        amount=payment.amount,
        refunded=payment.refunded,
        channel=payment.channel,
        created_at=payment.created_at,
        paid_on=payment.paid_on,
        page=payment.confirmation_url if payment.is_pending else "",
    )
