"""A month closed, reversed and closed again shows the same figures everywhere as a month closed once.

Two worlds: in one January and February are closed once, in the other each is reversed and closed again. Every list,
export, receipt, statement, page of the cabinet, answer of the API and the penalties of March must be the same.
"""

import csv
import datetime as dt
import io
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from portal.accounts.models import Account
from portal.accounts.services import api_keys
from portal.billing import selectors, services
from portal.billing.models import Charge, PeriodRun
from portal.billing.selectors.debts import debt_state
from portal.core import clock
from portal.core.periods import Period
from portal.ledger.models import Entry
from portal.ledger.selectors import balance, balance_before, entries_with_balance, page_of_entries
from portal.receipts.assembling import assemble_receipts
from portal.receipts.statement import statement
from tests.company import put_numbers
from tests.conftest import SetDate
from tests.people import Cast, make_login
from tests.portal.billing.month import FEBRUARY, JANUARY, MARCH, close, pay, read

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 4, 20)
KEYS_AND_MOMENTS = re.compile(
    r"charge:\d+:\S+|opening_debt:\d+|\d\d?\.\d\d?\.\d{4} \d\d?:\d\d(:\d\d)?|\d{4}-\d\d-\d\d \S+"
)
LISTS = ("billing/charge", "ledger/entry", "accounts/account")


def month_after_month(cast: Cast, *, times: int) -> None:
    """Boris owes since October: penalties run. Anna reads and pays. Each month is closed so many times."""
    put_numbers()
    debt = {"period": JANUARY.shift(-3), "due_on": dt.date(2025, 11, 10), "amount": Decimal("9000.00")}
    services.bring_debt(account=cast.boris.account, **debt)  # type: ignore[arg-type]
    cold, hot = cast.anna.account.meters.order_by("service")
    for number, month in enumerate((JANUARY, FEBRUARY, MARCH), start=1):
        read(cold, str(Decimal("135.120") + 6 * number), month.day(15))
        read(hot, str(Decimal("80.000") + 3 * number), month.day(15))
        pay(cast.anna.account, "500", month.day(5))
        for again in range(times):
            if again:
                services.reverse_closing(period=month, reason="Проба", on=month.day(23), by=None)
            close(month)


def plain(page: str) -> str:
    """The words of a page, without what differs from request to request."""
    body = page[page.index("<main") : page.index("</main>")]
    body = re.sub(r"<script.*?</script>|<[^>]+>", " ", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", body)


def everything(cast: Cast, client: Client) -> dict[str, Any]:
    """All that shows or sums what was charged."""
    shown: dict[str, Any] = {}
    for account in Account.objects.order_by("pk"):
        shown[f"balance {account}"] = balance(account)
        shown[f"before {account}"] = [balance_before(account, month.day(22)) for month in (JANUARY, FEBRUARY, MARCH)]
        shown[f"book {account}"] = [
            (entry.effective_on, entry.kind, entry.amount, entry.balance_after)
            for entry in entries_with_balance(account).order_by("effective_on", "kind", "amount")
        ]
        page = page_of_entries(account)
        shown[f"page {account}"] = (page.total, [(row.amount, row.balance_after) for row in page.rows])
        made = statement(account, first=dt.date(2026, 1, 1), last=TODAY)
        shown[f"statement {account}"] = (
            made.opening,
            made.charged,
            made.paid,
            made.closing,
            [(row.text, row.charged, row.balance) for row in made.rows],
        )
        shown[f"debts {account}"] = debt_state(account, today=TODAY)
        shown[f"consumption {account}"] = selectors.consumption(account, until=MARCH)
        shown[f"bill {account}"] = selectors.current_bill(account)
    ids = list(Account.objects.values_list("pk", flat=True))
    for month in (JANUARY, FEBRUARY, MARCH):
        receipts, _refused = assemble_receipts(ids, period=month, issued_on=month.day(25))
        shown[f"receipts {month}"] = [data.model_dump(mode="json", exclude={"up_to_entry"}) for _pk, data in receipts]
        run = PeriodRun.objects.active().get(period=month.first_day)
        shown[f"run {month}"] = (selectors.run_result(run).sums, selectors.run_result(run).closed)
    shown["preview"] = services.preview_closing(Period(2026, 4)).part.as_json()
    client.force_login(make_admin())
    for name in LISTS:
        answer = client.get(f"/admin/{name}/?export=csv")
        rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig")), delimiter=";"))  # type: ignore[arg-type]
        shown[f"export {name}"] = sorted([without_keys(row) for row in rows])
    client.force_login(cast.anna.user)
    for path in ("", "ledger/", "ledger/?kind=charges", "receipts/", "pay/"):
        shown[f"cabinet {path}"] = plain(client.get(f"/personal/{path}").content.decode())
    _key, secret = api_keys.make_key(user=cast.anna.user, name="test", moment=clock.real_now())
    program = Client(headers={"authorization": f"Bearer {secret}"})
    answer = program.get(f"/api/v1/accounts/{cast.anna.account.pk}/ledger/?limit=100")
    shown["api"] = [{**entry, "id": 0} for entry in json.loads(answer.content)]
    return shown


def without_keys(row: list[str]) -> list[str]:
    """A row of an export without keys, which count closings and rows, and without moments."""
    return [KEYS_AND_MOMENTS.sub("…", cell) for cell in row]


def make_admin() -> Any:
    """An accountant."""
    call_command("setup_roles", verbosity=0)
    user = make_login("accountant", staff=True)
    user.groups.add(Group.objects.get(name="accountant"))
    return user


def test_closing_reversal_closing_shows_what_one_closing_shows(
    cast: Cast, client: Client, business_date: SetDate
) -> None:
    business_date(TODAY)
    worlds, marked = [], []
    for times in (1, 2):
        point = transaction.savepoint()
        month_after_month(cast, times=times)
        worlds.append(everything(cast, client))
        assert Charge.objects.exclude(reversed_at=None).exists() == (times > 1)
        assert Entry.objects.undone().exists() == (times > 1)
        client.force_login(Group.objects.get(name="accountant").user_set.get())
        asked = ("billing/charge/", "billing/charge/?reversed=only", "ledger/entry/", "ledger/entry/?reversed=shown")
        marked.append(["office-reversed" in client.get(f"/admin/{path}").content.decode() for path in asked])
        transaction.savepoint_rollback(point)
    once, twice = worlds
    assert len(once["receipts 2026-02"]) == 4
    assert min(len(once[f"export {name}"]) for name in LISTS) > 4
    assert [name for name in once if once[name] != twice[name]] == []
    assert marked == [[False, False, False, False], [False, True, False, True]]
