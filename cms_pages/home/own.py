"""What the home page says about the accounts of a resident who is logged in."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from portal.accounts.models import Account
from portal.accounts.selectors import accounts_of
from portal.core.money import ZERO
from portal.ledger.selectors import balances
from portal.metering.selectors import window

SHOWN = 3


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An account of the login: what is owed, ₽ (negative: paid ahead), and whether a reading is to be sent now."""

    account: Account
    balance: Decimal
    readings_due: bool

    @property
    def to_pay(self) -> Decimal:
        return max(self.balance, ZERO)


def own_accounts(user: AbstractBaseUser | AnonymousUser, *, today: dt.date) -> list[OwnAccount]:
    """The first accounts that the login holds (two queries, five more an account); none for a visitor."""
    if not user.is_authenticated:
        return []
    accounts = accounts_of(user)[:SHOWN]
    owed = balances([account.pk for account in accounts])
    return [OwnAccount(account, owed.get(account.pk, ZERO), _readings_due(account, today)) for account in accounts]


def _readings_due(account: Account, today: dt.date) -> bool:
    reading_window = window(account, today=today)
    return reading_window.is_open and bool(reading_window.meters) and not reading_window.sent_all
