"""The database of a load test: residents with open reading fields before it, what came of their readings after it.

`python -m tests.load.residents prepare FILE COUNT` writes the residents to FILE; `check FILE ACCEPTED` compares the
readings that were answered as accepted (a line of JSON each) with those of the database and prints a report.
"""

import datetime as dt
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
DAY = "2026-11-20"
SENT_AWAY = "sent away"
"""Mark of requests that an overloaded portal answered 503 with Retry-After."""
PASSWORD = "Pavshino-2026"
STAFF = {"dispatcher": "dispatcher", "accountant": "accountant"}
"""Login and role of the staff who work beside the residents."""


def prepare(file: Path, count: int) -> None:
    """Make accounts with half a year of history and a login each, and employees; the open month has no readings."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import Group
    from django.core.management import call_command

    from portal.accounts.models import Account, Holder, Person, User
    from portal.core.periods import Period
    from portal.core.runs.engine import Executor
    from portal.metering.models import Reading
    from portal.operations.generation import generate_accounts
    from portal.receipts.issuing import issue_receipts

    call_command("migrate", verbosity=0, interactive=False)
    call_command("setup_site", verbosity=0)
    generate_accounts(count=count, months=6, last=Period(2026, 10))
    # Otherwise the worker issues them first, with a PDF and a letter each, for minutes.
    issue_receipts(
        period=Period(2026, 10),
        issued_on=dt.date(2026, 11, 1),
        executor=Executor.INLINE,
        notify=False,
        with_files=False,
    )
    Reading.objects.filter(taken_on__gt=dt.date(2026, 10, 31)).delete()
    accounts = list(Account.objects.order_by("pk"))
    password = make_password(PASSWORD)
    logins = [
        User(username=f"resident{account.pk}", email=f"resident{account.pk}@mail.example", password=password)
        for account in accounts
    ]
    User.objects.bulk_create(logins)
    people = [
        Person(user=login, last_name="Иванова", first_name="Анна", email=login.email)
        for login in User.objects.filter(username__startswith="resident").order_by("pk")
    ]
    Person.objects.bulk_create(people)
    pairs = zip(accounts, Person.objects.order_by("pk"), strict=True)
    Holder.objects.bulk_create(
        Holder(account=account, person=person, since=account.opened_on) for account, person in pairs
    )
    for name, role in STAFF.items():
        employee = User.objects.create(username=name, email=f"{name}@mail.example", password=password)
        employee.groups.add(Group.objects.get(name=role))
    meters = _last_values()
    residents = [
        {"login": f"resident{account.pk}", "meters": meters[account.pk]} for account in accounts if account.pk in meters
    ]
    file.write_text(json.dumps(residents), encoding="utf-8")


def _last_values() -> dict[int, dict[int, str]]:
    """The last value of each meter, by account and meter."""
    from portal.metering.models import Meter, Reading

    last = {
        row["meter"]: row["value"]
        for row in Reading.objects.order_by("taken_on", "pk").values("meter", "value")  # the newest stays
    }
    meters: dict[int, dict[int, str]] = {}
    for meter in Meter.objects.order_by("pk"):
        meters.setdefault(meter.account_id, {})[meter.pk] = str(last.get(meter.pk, meter.start_value))
    return meters


def check(accepted: Path) -> dict[str, Any]:
    """How many readings were accepted, and how many of these the database lost or holds twice."""
    from portal.metering.models import Reading

    stored = Counter(
        (meter, str(value)) for meter, value in Reading.objects.filter(taken_on=DAY).values_list("meter", "value")
    )
    answered = [json.loads(line) for line in accepted.read_text().splitlines()] if accepted.exists() else []
    sent = [(int(meter), value) for readings in answered for meter, value in readings.items()]
    return {
        "readings": len(sent),
        "lost": sum(reading not in stored for reading in sent),
        "doubled": sum(stored[reading] > 1 for reading in sent),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    import django

    django.setup()
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        print(json.dumps(check(Path(sys.argv[2]))))
