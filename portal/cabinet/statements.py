"""The statement of an account as a download."""

import datetime as dt

from django.http import Http404, HttpResponse

from portal.accounts.models import Account, Person
from portal.core import clock
from portal.core.files.downloads import as_download
from portal.receipts.statement import statement, statement_file


def statement_response(
    account: Account, *, first: dt.date, last: dt.date, kind: str, payer: Person | None
) -> HttpResponse:
    """The statement from `first` to `last` (both inclusive) as PDF or XLSX. Raises Http404 for another `kind`."""
    made = statement(account, first=first, last=last)
    try:
        content, content_type, name = statement_file(made, kind=kind, issued_on=clock.today(), payer=payer)
    except ValueError:
        raise Http404 from None
    return as_download(HttpResponse(content, content_type=content_type), name)
