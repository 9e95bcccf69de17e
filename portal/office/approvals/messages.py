"""Messages to an employee when their money operation waits for a second person."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from portal.approvals.models import MoneyOperation
from portal.core.formatting import money_text


def notify_waiting(request: HttpRequest, operation: MoneyOperation) -> None:
    """Say that an operation waits for a second person: number, sum, and a link to it."""
    text = format_html(
        _('<a href="{url}">{what}</a> of {sum} waits for a second person. Until then it is not booked.'),
        url=reverse("office_approval", args=[operation.pk]),
        what=operation,
        sum=money_text(operation.amount),
    )
    messages.success(request, text)
