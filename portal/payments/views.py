"""The address that gateways send their notices to: exempt from CSRF, checked by source, never believed."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.accounts.client_ip import client_address
from portal.core import clock
from portal.payments.exceptions import NoticeRefused
from portal.payments.gateways import gateway_by_code
from portal.payments.services.notices import ASK_AGAIN, LONGEST_BODY, receive_notice

STATUS = {"source": 403, "body": 400}


@csrf_exempt
@require_POST
def notice(request: HttpRequest, gateway: str) -> HttpResponse:
    """Take a notice: 200 when it was kept and handled, 503 when the gateway should send it again."""
    if not settings.PAYMENT_GATEWAY or gateway != settings.PAYMENT_GATEWAY:
        raise Http404
    source = client_address(request)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()) or int(length[:20]) > LONGEST_BODY:
        return HttpResponse(status=413)
    try:
        event = receive_notice(gateway=gateway_by_code(gateway), body=request.body, source=source, now=clock.now())
    except NoticeRefused as refused:
        return HttpResponse(status=STATUS[refused.code])
    return HttpResponse(status=503 if event.outcome == ASK_AGAIN else 200)
