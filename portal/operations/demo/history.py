"""Two years of life: readings, closings by the real run, payments; then the current month, half of it sent."""

import datetime as dt
import itertools
from dataclasses import dataclass, field
from decimal import Decimal

from portal.accounts.enums import Service
from portal.accounts.models import Account
from portal.billing.services import Executor, bring_debt, close_period, correct
from portal.core.bulk import insert_prepared
from portal.core.calendars import Month, month_calendar
from portal.core.money import ZERO, cubic_metres, roubles
from portal.core.periods import Period
from portal.ledger.selectors import balances
from portal.ledger.services import open_balance
from portal.metering.enums import ReadingSource, Status
from portal.metering.models import Meter, Reading
from portal.metering.services import submit_reading
from portal.operations.demo import stories
from portal.operations.demo.world import MORNING, Household, World, at_time
from portal.operations.ledger_check import check_ledger
from portal.payments.enums import PaymentChannel
from portal.payments.services import ExternalPayment, record_external_payments

SEASONS = (90, 92, 96, 98, 102, 108, 112, 110, 104, 100, 96, 94)
"""Use of water by month, % of the year's mean."""
SENT_BY_NOW = 0.55
"""Part of the residents who have sent the current month's readings by the 15th."""
CORRECTIONS = {
    14: ("-186.40", "Ошибка при переносе показания с бумажного бланка", "Служебная записка № 14"),
    8: ("-412.75", "Показание записали на чужой счёт", "Служебная записка № 3"),
    5: ("97.20", "Снижение за отключение посчитали дважды", "Служебная записка № 9"),
}
"""Months ago, the sum in ₽, why, on what document."""
BANKS_TELL = (6, 40)
"""When the banks' payments of the day before come in."""
LEDGER_CHECKED = dt.time(4, 0)
READING_COLUMNS = (
    "meter_id",
    "value",
    "taken_on",
    "source",
    "status",
    "rollover",
    "flags",
    "report",
    "accepted_at",
)


@dataclass(slots=True)
class Dial:
    """A meter as it runs: what it shows now, m³."""

    meter: Meter
    household: Household
    monthly: Decimal
    shows: Decimal
    story: str = ""


@dataclass(slots=True)
class DemoBill:
    """Bill of an account after a closing, and when its household will pay it."""

    account: Account
    household: Household
    amount: Decimal
    on: dt.date
    period: Period


@dataclass(slots=True)
class _History:
    world: World
    dials: list[Dial] = field(default_factory=list)
    bills: list[DemoBill] = field(default_factory=list)
    payments: int = 0

    def live(self) -> None:
        self._before()
        for period in self.world.closed:
            month = month_calendar(period)
            self._send(period, month)
            self._pay(before=month.closing_day)
            self._correct(period, month)
            if period == self.world.current.previous:
                stories.before_closing(self.world, period)
            self.world.at(at_time(month.closing_day, MORNING))
            close_period(period=period, closing_day=month.closing_day, executor=Executor.INLINE)
            if period == self.world.current.previous:
                self.world.at(at_time(month.closing_day + dt.timedelta(days=1), LEDGER_CHECKED))
                check_ledger()
            self._bill(period, month)
        self._current_month()

    def _before(self) -> None:
        """Meters as they stand at the start; debts and advances from before the portal."""
        meters = Meter.objects.filter(account__in=self.world.accounts.values()).select_related("account")
        by_account: dict[int, list[Meter]] = {}
        self.world.at(self.world.office(self.world.first.first_day))
        for meter in meters.order_by("pk"):
            by_account.setdefault(meter.account_id, []).append(meter)
        for household in self.world.households:
            for meter in by_account.get(household.account.pk, []):
                monthly = household.cold if meter.service == Service.COLD_WATER else household.hot
                self.dials.append(Dial(meter, household, monthly, meter.start_value))
            self._opening(household)
        self._give_stories()

    def _opening(self, household: Household) -> None:
        chance = self.world.random.random()
        before = self.world.first.previous
        amount = roubles(Decimal(self.world.random.randint(20_000, 190_000)) / 100)
        if household.named or chance > 0.18:
            return
        if chance < 0.12:
            month = month_calendar(before)
            due_on = self.world.first.day(month.due_day)
            bring_debt(account=household.account, period=before, due_on=due_on, amount=amount)
        else:
            open_balance(account=household.account, amount=-amount, on=before.last_day)

    def _give_stories(self) -> None:
        """A few meters get something that an engineer must look at in the current month."""
        ordinary = [
            dial
            for dial in self.dials
            if not dial.household.named and dial.household.sends > 0.9 and dial.meter.verified_until > self.world.today
        ]
        stories = ["high", "high", "leak", "leak", "zero", "zero", "rollover"]
        for story, dial in zip(stories, ordinary[:: max(1, len(ordinary) // len(stories))], strict=False):
            dial.story = story
            if story == "rollover":
                left = dial.monthly * (self.world.months + 1)
                dial.shows = cubic_metres(dial.meter.largest_value - left)
                Meter.objects.filter(pk=dial.meter.pk).update(start_value=dial.shows)

    def _send(self, period: Period, month: Month) -> None:
        """A month's readings in bulk: water runs whether a reading is sent or not."""
        rows = []
        sent = {id(household) for household in self.world.households if self._sends(household, period)}
        for dial in self.dials:
            dial.shows = self._runs(dial, period)
            if id(dial.household) in sent:
                day = month.window_opens + dt.timedelta(days=self.world.random.randint(0, 10))
                rows.append(self._row(dial, day))
        insert_prepared(Reading, READING_COLUMNS, rows)

    def _sends(self, household: Household, period: Period) -> bool:
        if household.silent_since is not None and period >= household.silent_since:
            return False
        return self.world.random.random() < household.sends

    def _runs(self, dial: Dial, period: Period) -> Decimal:
        if dial.story == "zero" and period >= self.world.current.shift(-3):
            return dial.shows
        part = Decimal(SEASONS[period.month - 1] * self.world.random.randint(80, 120)) / 10_000
        if dial.story == "rollover":
            part = min(part, Decimal(1))
        return cubic_metres(dial.shows + dial.monthly * part)

    def _row(self, dial: Dial, day: dt.date) -> tuple[object, ...]:
        hour, minute = divmod(self.world.random.randint(7 * 60, 22 * 60), 60)
        moment = self.world.time(0, 7, minute) if day == self.world.today else at_time(day, dt.time(hour, minute))
        stored = moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S+00:00")
        if dial.household.holder.user_id:
            source = ReadingSource.CABINET
        else:
            source = self.world.random.choice((ReadingSource.PHONE, ReadingSource.PAPER))
        return (
            dial.meter.pk,
            str(dial.shows),
            day.isoformat(),
            str(source),
            str(Status.ACCEPTED),
            False,
            "[]",
            "",
            stored,
        )

    def _bill(self, period: Period, month: Month) -> None:
        """Decide whether a household that owes pays before the due day, later, or not this month."""
        owed = balances([household.account.pk for household in self.world.households])
        waiting = {bill.account.pk for bill in self.bills}
        for household in self.world.households:
            if household.account.pk in waiting:
                continue
            amount = owed.get(household.account.pk, ZERO)
            unpaid = household.unpaid_since is not None and period >= household.unpaid_since
            if amount <= 0 or unpaid or self.world.random.random() > household.pays:
                continue
            issued = month.receipts_day
            due = period.next.day(month.due_day)
            wait = (due - issued).days
            delay = wait + self.world.random.randint(2, 40) if household.late else self.world.random.randint(1, wait)
            paid = self._whole(amount) if not household.named and self.world.random.random() < 0.12 else amount
            self.bills.append(DemoBill(household.account, household, paid, issued + dt.timedelta(days=delay), period))

    def _whole(self, amount: Decimal) -> Decimal:
        """Some round up to whole hundreds."""
        return Decimal(-(-int(amount * 100) // 10_000) * 100)

    def _pay(self, *, before: dt.date) -> None:
        """Record what was paid before a day: each day's payments come from the banks on the next morning."""
        due = sorted((bill for bill in self.bills if bill.on < before), key=lambda bill: bill.on)
        self.bills = [bill for bill in self.bills if bill.on >= before]
        for day, bills in itertools.groupby(due, key=lambda bill: bill.on):
            self.world.at(self.world.time((day - self.world.today).days + 1, *BANKS_TELL))
            self.payments += record_external_payments(
                ExternalPayment(
                    account_id=bill.account.pk,
                    amount=bill.amount,
                    paid_on=bill.on,
                    channel=self._channel(bill),
                    key=f"demo:{bill.account.number}:{bill.period}",
                )
                for bill in bills
            )

    def _channel(self, bill: DemoBill) -> PaymentChannel:
        if bill.household.named:
            return PaymentChannel.BANK
        return self.world.random.choices(
            (PaymentChannel.BANK, PaymentChannel.POST, PaymentChannel.OFFICE), (80, 12, 8)
        )[0]

    def _correct(self, period: Period, month: Month) -> None:
        """A few times in the two years the accountant corrects a bill."""
        months_ago = next((ago for ago in CORRECTIONS if period == self.world.current.shift(-ago)), None)
        if months_ago is None:
            return
        amount, reason, document = CORRECTIONS[months_ago]
        household = self.world.random.choice(self.world.households[6:] or self.world.households)
        on = month.window_closes - dt.timedelta(days=2)
        self.world.at(at_time(on, dt.time(16, 20)))
        correct(
            account=household.account,
            amount=Decimal(amount),
            for_period=period.previous,
            reason=reason,
            document=document,
            on=on,
            by=self.world.staff.get("accountant"),
        )

    def _current_month(self) -> None:
        """Half of the residents have sent by now; those of the contract have not, nor paid since.

        Before the window opens nobody has sent.
        """
        month = month_calendar(self.world.current)
        if self.world.today >= month.window_opens:
            self._sent_by_now(month)
        self._pay(before=self.world.today)

    def _sent_by_now(self, month: Month) -> None:
        rows = []
        last = min(self.world.today, month.window_closes)
        days = (last - month.window_opens).days
        sent: dict[int, bool] = {}
        for dial in self.dials:
            household = dial.household
            chosen = sent.setdefault(
                id(household), not household.named and self.world.random.random() < SENT_BY_NOW * household.sends
            )
            if dial.story:
                self._flagged(dial, month)
            elif chosen:
                dial.shows = self._runs(dial, self.world.current)
                rows.append(self._row(dial, month.window_opens + dt.timedelta(days=self.world.random.randint(0, days))))
        insert_prepared(Reading, READING_COLUMNS, rows)

    def _flagged(self, dial: Dial, month: Month) -> None:
        """A reading that the portal's own service flags."""
        times = {"high": Decimal("4.5"), "leak": Decimal("2.4"), "zero": Decimal(0), "rollover": Decimal(2)}[dial.story]
        value = cubic_metres(dial.shows + dial.monthly * times)
        moment = self.world.office(min(self.world.today, month.window_closes), of=dial.meter.pk)
        if moment.date() < month.window_opens:
            moment = self.world.time(0, 8, dial.meter.pk % 60)
        submit_reading(
            meter=dial.meter,
            value=value % dial.meter.largest_value,
            moment=self.world.at(moment),
            source=ReadingSource.PHONE,
            entered_by=self.world.staff.get("engineer"),
            confirmed_high=True,
            confirmed_rollover=value >= dial.meter.largest_value,
        )


def load(world: World) -> None:
    """Every month of the history, closed by the run that the portal uses."""
    history = _History(world)
    history.live()
    world.progress(f"{len(world.closed)} closed months, {history.payments} payments")
