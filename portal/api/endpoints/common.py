"""What operations share: the account of an address, parameters of pages."""

from typing import Annotated

from django.utils.translation import gettext_noop as _
from ninja import Path, Query

from portal.accounts.models import Account
from portal.accounts.selectors import account_of
from portal.api.auth import ApiRequest
from portal.api.problems import Problem
from portal.api.schemas import LARGEST_PAGE, MAX_KEY

LONGEST_CURSOR = 500
AccountId = Annotated[int, Path(ge=1, le=MAX_KEY, description=_("The account, from the list of accounts"))]
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description=_("Rows on a page"))]
Cursor = Annotated[
    str,
    Query(
        max_length=LONGEST_CURSOR,
        pattern=r"^[A-Za-z0-9_:-]*$",
        description=_("Where the page begins, from the header Link; empty: the first"),
    ),
]


def own_account(request: ApiRequest, account_id: int) -> Account:
    """An account that the key's login holds now. Raises Problem not_found, also for the account of others."""
    account = account_of(request.auth, account_id)
    if account is None:
        raise Problem("not_found")
    return account
