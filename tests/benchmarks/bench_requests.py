"""Announcing an outage to 5,000 accounts against a plain insert, its letters; a dispatcher's list with a past."""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts.enums import Service
from portal.accounts.models import Account, Holder, House, Person, Premises, User
from portal.core.clock import MOSCOW
from portal.notifications import jobs
from portal.notifications.enums import DeliveryChannel, MessageState
from portal.notifications.models import Message
from portal.service_requests.dispatch.enums import RequestKind, RequestState
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.outages import services
from portal.service_requests.outages.models import Outage, OutageKind
from portal.service_requests.outages.selectors import Scope
from tests.benchmarks.bench_closing import own_database
from tests.benchmarks.figure import Figure
from tests.people import make_login, make_street
from tests.portal.notifications import smtp

ACCOUNTS, HOUSES = 5_000, 25
FEW, MANY, OPEN, OPENED = 100, 10_000, 20, 20
NOW = dt.datetime(2026, 11, 15, 9, tzinfo=MOSCOW)


def _settle() -> int:
    """A street of HOUSES houses with ACCOUNTS accounts, each with a login; returns the street."""
    street, since, each = make_street("Речная"), dt.date(2024, 1, 1), ACCOUNTS // HOUSES
    House.objects.bulk_create(House(street=street, number=str(n + 1), sort_number=n + 1) for n in range(HOUSES))
    homes = list(House.objects.all())
    Premises.objects.bulk_create(Premises(house=homes[n // each], number=str(n % each + 1)) for n in range(ACCOUNTS))
    Account.objects.bulk_create(
        Account(number=f"{n:07}", premises=premises, opened_on=since)
        for n, premises in enumerate(Premises.objects.order_by("pk"))
    )
    User.objects.bulk_create(User(username=f"u{n}", email=f"u{n}@mail.example") for n in range(ACCOUNTS))
    Person.objects.bulk_create(
        Person(user=user, last_name="Иванова", first_name="Анна", email=user.email) for user in User.objects.all()
    )
    pairs = zip(Account.objects.order_by("pk"), Person.objects.order_by("pk"), strict=True)
    Holder.objects.bulk_create(Holder(account=account, person=person, since=since) for account, person in pairs)
    return street.pk


def _draft(street: int) -> Outage:
    return services.draft(
        kind=OutageKind.PLANNED,
        services=[Service.COLD_WATER],
        starts_at=NOW,
        ends_at=NOW + dt.timedelta(hours=5),
        reason="Замена задвижки",
        scopes=[Scope(street, "1–25 нечётные, 2–24 чётные")],
        by=None,
    )


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _plainly() -> float:
    """Seconds of putting the same rows in again, under another event, with nothing worked out."""
    rows = list(Message.objects.all())
    for row in rows:
        row.pk, row.event = None, "plain"

    def insert() -> None:
        with transaction.atomic():
            Message.objects.bulk_create(rows, batch_size=1000)

    return _timed(insert)


def _made_due() -> None:
    """Past quiet hours, and past the pause after a server that was away."""
    Message.objects.filter(state=MessageState.WAITING).update(due_at=timezone.now() - dt.timedelta(seconds=1))


def _sent(until: int) -> None:
    """Send job by job, as the schedule does, until so many letters went or nothing goes any more."""
    mail = Message.objects.filter(channel=DeliveryChannel.EMAIL, state=MessageState.SENT)
    while mail.count() < until and jobs.send_due():
        pass


def _mailed() -> list[Figure]:
    """The letters of the outage, by a mail server that is killed with half of them taken, and by the next one."""
    with TemporaryDirectory() as folder:
        box = Path(folder) / "box"
        seconds = 0.0
        for dies_after in (ACCOUNTS // 2, None):
            _made_due()
            with smtp.process(box, dies_after=dies_after) as server:
                smtp.mail_goes_to(settings, server.port)
                seconds += _timed(lambda: _sent(ACCOUNTS))
        came = Counter(box.read_text().splitlines())
    return [
        Figure(
            f"letters a second, mail server killed at {ACCOUNTS // 2} of {ACCOUNTS}", ACCOUNTS / seconds, at_least=50
        ),
        Figure("  letters that did not come", ACCOUNTS - len(came), at_most=0),
        Figure("  letters that came twice", came.total() - len(came), at_most=0),
    ]


def _announced() -> list[Figure]:
    with own_database():
        outage = _draft(_settle())
        seconds = _timed(lambda: services.publish(outage=outage, moment=NOW))
        notified = Message.objects.count()
        people = Message.objects.values("user", "channel").distinct().count()
        plain = _plainly()
        Message.objects.filter(event="plain").delete()
        mailed = _mailed()
    return [
        Figure(f"announcing an outage to {ACCOUNTS} accounts ÷ plain insert", seconds / plain, at_most=3),
        Figure("  seconds of it, in one transaction", seconds, at_most=5),
        Figure("  messages ÷ recipients and channels", notified / people, at_most=1),
        Figure("  recipients and channels ÷ accounts", people / ACCOUNTS, at_least=2),
        *mailed,
    ]


def _requests(number: int, state: RequestState, first: int) -> None:
    DispatchRequest.objects.bulk_create(
        DispatchRequest(
            key=f"{state}-{n}",
            kind=RequestKind.OTHER,
            state=state,
            address="Речная, 4",
            text="—",
            phone="+79161234567",
            norm_until=NOW,
            received_at=NOW - dt.timedelta(minutes=n),
            changed_at=NOW,
        )
        for n in range(first, first + number)
    )


def _opened(client: Client, state: str) -> tuple[float, int]:
    """Seconds of the fastest of OPENED openings of the page, and queries of one more."""
    url = f"/admin/dispatch/?state={state}"
    times = [_timed(lambda: client.get(url)) for _ in range(OPENED)]
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return min(times), len(queries)


def _listed() -> list[Figure]:
    with own_database():
        user = make_login("dispatcher", staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "dispatch_requests"]))
        client = Client()
        client.force_login(user)
        _requests(OPEN, RequestState.RECEIVED, 0)
        _requests(FEW, RequestState.CLOSED, 0)
        few, all_few = _opened(client, "open"), _opened(client, "")
        _requests(MANY - FEW, RequestState.CLOSED, FEW)
        many, all_many = _opened(client, "open"), _opened(client, "")
    return [
        Figure(f"dispatcher's list, {MANY} past requests ÷ {FEW}", many[0] / few[0], at_most=1.25),
        Figure("  of all states", all_many[0] / all_few[0], at_most=1.5),
        Figure("  queries of the whole page", max(many[1], all_many[1]), at_most=12),
    ]


def run() -> list[Figure]:
    """Measure."""
    settings.ALLOWED_HOSTS = ["*"]
    return [*_announced(), *_listed()]
