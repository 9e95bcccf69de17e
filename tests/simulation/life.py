"""A day of the company: what residents, bank, staff and timetable do, each at an hour of its own."""

import datetime as dt
import json
import random
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import partial
from pydoc import locate
from typing import Any

from config.schedule import TIMETABLE
from portal.billing.exceptions import OutOfTheOrdinary, PreviewNeeded
from portal.billing.models import ClosingReview
from portal.billing.services.closing_checks import close_after_check, preview_for_closing
from portal.core import clock
from portal.core.periods import Period
from portal.core.schedule import Timed
from portal.exchange.bank_files.services import take_bank_file
from portal.metering.exceptions import ReadingWindowClosed
from portal.metering.services import Sent, submit_readings
from portal.payments.exceptions import BankFileRefused, NoticeRefused, SimilarPaymentOpen
from portal.payments.gateways import current_gateway
from portal.payments.gateways.demo import bank, cards
from portal.payments.models import BankFileTemplate, DemoBankPayment, Payment
from portal.payments.services.bank_files.importing import begin_import, carry_out_import
from portal.payments.services.notices import receive_notice
from portal.payments.services.paying import PaymentRequest, begin_payment
from portal.service_requests.dispatch.enums import OPEN, RequestKind, RequestSource, RequestState
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.dispatch.services import move, place_of, take_request
from tests.simulation.company import Company, Home
from tests.simulation.faults import Faults

HOURS = (0, 4, 9, 12, 16, 20, 23)
NIGHT_ENDS = 7
ELSEWHERE = {"look-at-links", "publish-scheduled", "sweep-captcha"}
"""Jobs of pages, which the simulated company has not."""
JOBS = [timed for timed in TIMETABLE if timed.name not in ELSEWHERE]
WORKER_DOWN, WORKER_DOWN_WHEN_QUIET = 0.15, 0.88
"""Chances that no worker runs at an hour: when somebody did something then, and when nobody did."""
TWO_SCHEDULERS = 0.05
"""Chance that two schedulers are at work: each timed job of the hour runs twice."""
CLOCK_SET_BACK = 0.02
"""Chance that the clock is set back by an hour while the portal works."""
HOUR = dt.timedelta(hours=1)
ROW = "{day};{time};8047/01;12;{operation};{account};ИВАНОВА АННА;РЕЧНАЯ 4;1026;{sum};{sum};0,00;"


class Life:
    """Plays days; whatever the portal promised is written into `company.truth`."""

    def __init__(self, company: Company, dice: random.Random) -> None:
        self.company, self.dice, self.faults = company, dice, Faults(dice)
        self.notices: list[tuple[dt.datetime, bytes]] = []
        self.operation = 0
        self.files: list[bytes] = []
        self.owed: set[str] = set()
        """Daily jobs that fell due while no worker ran; the scheduler runs each once when one is back."""

    def day(self, move_clock: Callable[[dt.datetime], None], day: dt.date) -> None:
        """Play one day, hour by hour."""
        actions = self._actions(day)
        for hour in HOURS:
            moment = dt.datetime.combine(day, dt.time(hour, self.dice.randrange(60)), tzinfo=clock.MOSCOW)
            move_clock(moment)
            acting = actions.get(hour, [])
            for action in acting:
                action()
            busy = self.deliver_notices() or bool(acting)
            if self.dice.random() < (WORKER_DOWN if busy else WORKER_DOWN_WHEN_QUIET):
                self.owed |= {timed.name for timed in JOBS if _hours(timed) != HOURS and hour in _hours(timed)}
                continue
            self.work(hour)
            if self.dice.random() < CLOCK_SET_BACK:
                move_clock(moment - HOUR)
                self.work(hour)

    def work(self, hour: int) -> None:
        """What workers do at an hour: the timed jobs and the queue."""
        self.run_timetable(hour)
        self.faults.work_queue()

    def finish(self) -> None:
        """Let everything come to its end, with nothing going wrong any more."""
        self.faults.enabled = False
        self.notices = [(clock.now(), body) for _due, body in self.notices]
        self.deliver_notices()
        self.run_timetable(4)
        self.work(9)

    def _actions(self, day: dt.date) -> dict[int, list[Callable[[], None]]]:
        """What people do on a day, by hour."""
        drawn: list[Callable[[], None]] = []
        if ClosingReview.objects.filter(decided_at=None).exists():
            drawn.append(partial(self.check_held_closing, day))
        for home in self.company.homes:
            if home.meters and 10 <= day.day <= 20 and self.dice.random() < 0.2:
                drawn.append(partial(self.send_readings, home))
            if self.dice.random() < 0.06:
                drawn.append(partial(self.pay, home))
            if self.dice.random() < 0.02:
                drawn.append(partial(self.report_problem, home))
        if day.weekday() < 5 and self.dice.random() < 0.15:
            drawn.append(partial(self.import_bank_file, day))
        if self.has_open_requests:
            drawn += [self.work_on_requests] * self.dice.randrange(3)
        by_hour: dict[int, list[Callable[[], None]]] = {}
        for action in drawn:
            by_hour.setdefault(self.dice.choice(HOURS[2:]), []).append(action)
        return by_hour

    def run_timetable(self, hour: int) -> None:
        """The timed jobs: in any order, some twice."""
        due = [timed for timed in JOBS if hour in _hours(timed) or timed.name in self.owed]
        self.owed.clear()
        again = 1 if self.dice.random() < TWO_SCHEDULERS else 0.1
        due += [timed for timed in due if self.faults.enabled and self.dice.random() < again]
        self.dice.shuffle(due)
        for timed in due:
            self.faults.run(_function(timed.job))

    @property
    def has_open_requests(self) -> bool:
        """Whether the dispatcher has something to do."""
        return DispatchRequest.objects.filter(state__in=OPEN).exists()

    # Residents

    def send_readings(self, home: Home) -> None:
        """Send what the meters show; sometimes a slip first, which is refused or corrected."""
        for meter in home.meters:
            home.shown[meter.pk] += Decimal(self.dice.randint(500, 6_000)) / 1000
        sent = [Sent(meter=meter, value=home.shown[meter.pk]) for meter in home.meters]
        if self.dice.random() < 0.2:
            slip = [Sent(meter=meter, value=Decimal(self.dice.choice(["0.001", "99999.000"]))) for meter in home.meters]
            self._submit(home, slip)
        for _ in range(self.dice.choice([1, 1, 2])):
            self._submit(home, sent)

    def _submit(self, home: Home, sent: list[Sent]) -> None:
        moment = clock.now()
        submit = partial(submit_readings, account=home.account, sent=sent, moment=moment, entered_by=home.user)
        try:
            outcome = self.faults.insist(submit)
        except ReadingWindowClosed:
            return
        month = Period.of(moment.date()).first_day
        for pk, reading in outcome.accepted.items():
            self.company.truth.readings[pk, month] = reading.value

    def pay(self, home: Home) -> None:
        """Pay by a card of the demo bank; its notices come late, twice, in any order or never."""
        request = PaymentRequest(
            account=home.account,
            payer=home.user,
            amount=Decimal(self.dice.randint(10_000, 300_000)) / 100,
            key=f"simulated:{self.dice.getrandbits(60)}",
            contact=home.user.email,
            confirm_duplicate=True,
        )
        begin = partial(
            begin_payment, request=request, gateway=current_gateway(), return_url=_return_url, now=clock.now()
        )
        with suppress(SimilarPaymentOpen):
            self.faults.insist(begin)
        for payment in DemoBankPayment.objects.filter(state="pending").order_by("pk"):
            if self.dice.random() < 0.15:
                continue  # left the bank's page
            card = self.dice.choice(cards.CARDS)
            bank.present_card(payment=payment, card=card)
            bank.decide(payment=payment, card=card, now=clock.now())
            payment.refresh_from_db()
            for notice in bank.notices_of(payment) * self.dice.choice([0, 1, 1, 2]):
                late = dt.timedelta(minutes=self.dice.choice([0, 0, 5, 90, 2_000]))
                self.notices.append((clock.now() + late, json.dumps(notice).encode()))

    def deliver_notices(self) -> bool:
        """The notices that are due, in any order; whether there were any."""
        now = clock.now()
        due = [body for moment, body in self.notices if moment <= now]
        self.notices = [(moment, body) for moment, body in self.notices if moment > now]
        self.dice.shuffle(due)
        for body in due:
            receive = partial(receive_notice, gateway=current_gateway(), body=body, source="127.0.0.1", now=now)
            with suppress(NoticeRefused):
                self.faults.insist(receive)
        return bool(due)

    def report_problem(self, home: Home) -> None:
        """Send a request from the cabinet; the same form may be sent twice."""
        key = f"simulated:{self.dice.getrandbits(60)}"
        for _ in range(self.dice.choice([1, 2])):
            take = partial(
                take_request,
                key=key,
                kind=self.dice.choice(list(RequestKind)),
                place=place_of(home.account),
                text="Нет воды",
                phone="+79161234567",
                moment=clock.now(),
                author=home.user,
                source=RequestSource.CABINET,
            )
            self.faults.insist(take)
        self.company.truth.requests.add(key)

    # Staff

    def work_on_requests(self) -> None:
        """The dispatcher takes an open request one step further."""
        request = DispatchRequest.objects.filter(state__in=OPEN).order_by("received_at").first()
        if request is None:
            return
        steps = {
            RequestState.RECEIVED: RequestState.ASSIGNED,
            RequestState.ASSIGNED: RequestState.WORKING,
            RequestState.ON_THE_WAY: RequestState.WORKING,
            RequestState.WORKING: RequestState.DONE,
        }
        step = partial(
            move,
            request=request,
            to=steps[RequestState(request.state)],
            version=request.version,
            by=self.company.dispatcher,
            moment=clock.now(),
            crew=self.company.crew,
        )
        self.faults.run(step)

    def import_bank_file(self, day: dt.date) -> None:
        """A bank's file of the last weeks is loaded by the accountant, sometimes a second time."""
        rows, total = [], Decimal(0)
        payments: dict[str, tuple[int, Decimal]] = {}
        paid_on = day - dt.timedelta(days=self.dice.randrange(15))
        for _ in range(self.dice.randint(1, 4)):
            self.operation += 1
            home = self.dice.choice(self.company.homes)
            amount = Decimal(self.dice.randint(10_000, 200_000)) / 100
            rows.append(
                ROW.format(
                    day=f"{paid_on:%d-%m-%Y}",
                    time=f"12-00-{self.operation % 60:02}",
                    operation=f"9{self.operation:09}",
                    account=home.account.number,
                    sum=str(amount).replace(".", ","),
                )
            )
            payments[str(self.operation)] = (home.account.pk, amount)
            total += amount
        summed = str(total).replace(".", ",")
        rows.append(f"={len(rows)};{summed};{summed};0,00;{self.operation:06};{day:%d-%m-%Y}")
        data = ("\r\n".join(rows) + "\r\n").encode("cp1251")
        if self._load(data):
            self.company.truth.bank_payments |= payments
        if self.files and self.dice.random() < 0.3:
            assert not self._load(self.dice.choice(self.files)), "a file was imported twice"
        self.files.append(data)

    def _load(self, data: bytes) -> bool:
        """Whether a file was taken to be imported."""
        template = BankFileTemplate.objects.get(code="sberbank-13")
        take = partial(
            take_bank_file,
            template=template,
            name="file.txt",
            data=data,
            by=self.company.accountant,
            now=clock.now(),
            today=clock.today(),
        )
        try:
            file = self.faults.insist(take)
            self.faults.insist(partial(begin_import, file=file, by=self.company.accountant))
        except BankFileRefused as refused:
            if refused.code == "already_imported":
                return False
            if refused.code != "state":  # begun before the process was killed
                raise
        self.faults.run(partial(carry_out_import, file=file))
        return True

    def check_held_closing(self, day: dt.date) -> None:
        """The accountant looks at a closing that waits for a word, and gives it."""
        for review in ClosingReview.objects.filter(decided_at=None):
            period = Period.of(review.period)
            preview = preview_for_closing(period)
            close = partial(
                close_after_check,
                period=period,
                by=self.company.accountant,
                reason="Проверено",
                preview_id=preview.pk if preview else None,
                today=day,
            )
            with suppress(PreviewNeeded, OutOfTheOrdinary):
                self.faults.run(close)


def _hours(timed: Timed) -> tuple[int, ...]:
    """At which of HOURS a job runs: what is due more than once a day at each, daily ones by night or in the morning."""
    hour = timed.cron.split()[1] if timed.cron else "*"
    if hour == "*":
        return HOURS
    return (4,) if int(hour) < NIGHT_ENDS else (9,)


def _function(name: str) -> Callable[[], Any]:
    function = locate(name)
    assert callable(function), name
    return function


def _return_url(payment: Payment) -> str:
    return f"https://portal.example/personal/pay/{payment.reference}/"
