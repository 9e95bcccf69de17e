"""Personal data in what residents sent long ago: requests, applications, entries of the book, lines of bank files.

The record stays with its dates and what the company did; who it was and what they wrote goes.
"""

import datetime as dt

from django.db.models import QuerySet

from cms_pages.complaints.enums import ComplaintState
from cms_pages.complaints.models import Attachment, Complaint
from portal.accounts.services.anonymising import NAME, delete_file
from portal.core import clock
from portal.payments.enums import LineState
from portal.payments.models import BankFileLine
from portal.service_requests.commissioning.enums import PENDING
from portal.service_requests.commissioning.models import CommissioningApplication
from portal.service_requests.dispatch.enums import RequestState
from portal.service_requests.dispatch.models import DispatchRequest

SETTLED = (LineState.REPEATED, LineState.CREDITED, LineState.COMPARED, LineState.DISMISSED)
"""States of a bank file's line to which nobody has to come back."""


def dispatch_requests(before: dt.date) -> "QuerySet[DispatchRequest]":
    """Requests that were closed or rejected before a day and still name somebody."""
    over = DispatchRequest.objects.filter(state__in=[RequestState.CLOSED, RequestState.REJECTED])
    return over.filter(changed_at__lt=clock.start_of(before)).exclude(caller=NAME).order_by("pk")


def applications(before: dt.date) -> "QuerySet[CommissioningApplication]":
    """Applications sent before a day that wait for nothing and still name somebody."""
    over = CommissioningApplication.objects.exclude(state__in=PENDING)
    return over.filter(submitted_at__lt=clock.start_of(before)).exclude(applicant=NAME).order_by("pk")


def complaints(before: dt.date) -> "QuerySet[Complaint]":
    """Entries received before a day that wait for nothing and still name somebody."""
    over = Complaint.objects.exclude(state__in=ComplaintState.waiting())
    return over.filter(received_at__lt=clock.start_of(before)).exclude(name=NAME).order_by("pk")


def bank_lines(before: dt.date) -> "QuerySet[BankFileLine]":
    """Settled lines paid before a day that still hold what the bank wrote."""
    return BankFileLine.objects.filter(state__in=SETTLED, paid_on__lt=before).exclude(raw="").order_by("pk")


def requests_due(before: dt.date) -> int:
    """How many requests and applications would lose their names."""
    return dispatch_requests(before).count() + applications(before).count()


def erase_requests(before: dt.date, *, most: int) -> int:
    """Replace names, phones and words in at most `most` requests and as many applications; returns how many."""
    requests = dispatch_requests(before).values_list("pk", flat=True)[:most]
    count = DispatchRequest.objects.filter(pk__in=list(requests)).update(
        caller=NAME, phone=NAME, text=NAME, rating_text=""
    )
    rows = applications(before).values_list("pk", flat=True)[:most]
    return count + CommissioningApplication.objects.filter(pk__in=list(rows)).update(
        applicant=NAME, phone=NAME, email=""
    )


def erase_complaints(before: dt.date, *, most: int) -> int:
    """Replace names, contacts and words in at most `most` entries and delete what was attached; returns how many."""
    keys = list(complaints(before).values_list("pk", flat=True)[:most])
    for attachment in Attachment.objects.filter(complaint__in=keys).select_related("file"):
        attachment.delete()
        delete_file(attachment.file)
    Complaint.objects.filter(pk__in=keys).exclude(reply="").update(reply=NAME)
    return Complaint.objects.filter(pk__in=keys).update(name=NAME, email="", phone="", subject=NAME, text=NAME)


def erase_bank_lines(before: dt.date, *, most: int) -> int:
    """Empty what the bank wrote of the payer in at most `most` lines; sum, day, account stay. Returns how many."""
    keys = list(bank_lines(before).values_list("pk", flat=True)[:most])
    return BankFileLine.objects.filter(pk__in=keys).update(raw="", payer="", address="", purpose="", account_text="")
