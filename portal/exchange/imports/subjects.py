"""Kinds of import, one declaration each: columns, permission and the work on rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.exchange import accounts, balances, meters, premises, readings
from portal.exchange.enums import Subject
from portal.exchange.reports import ImportReport
from portal.exchange.rows import RowContext
from portal.exchange.staff_notices import ACCOUNTS, BALANCES, METERS, PREMISES, READINGS, ImportKind
from portal.exchange.tables import TableRow


@dataclass(frozen=True, slots=True)
class SubjectSpec:
    """A kind of import. `take` works on the rows of a part of a file; `key` is what rows about one thing share."""

    subject: Subject
    title: Promise
    permission: str
    columns: Mapping[str, tuple[str, ...]]
    required: Sequence[str]
    samples: Sequence[Mapping[str, str]]
    take: Callable[[ImportReport, RowContext], None]
    key: Callable[[TableRow], str]
    kind: ImportKind

    @property
    def headings(self) -> list[str]:
        """The preferred heading of every column."""
        return [headings[0] for headings in self.columns.values()]

    @property
    def required_headings(self) -> list[str]:
        """Those without which a file is not read."""
        return [self.columns[name][0] for name in self.required]


SUBJECTS: dict[str, SubjectSpec] = {
    spec.subject.value: spec
    for spec in (
        SubjectSpec(
            Subject.ACCOUNTS,
            _("Accounts from a file"),
            "office.import_accounts",
            accounts.COLUMNS,
            accounts.REQUIRED,
            accounts.SAMPLES,
            accounts.take_accounts,
            accounts.account_key,
            ACCOUNTS,
        ),
        SubjectSpec(
            Subject.PREMISES,
            _("Premises from a file"),
            "office.import_accounts",
            premises.COLUMNS,
            premises.REQUIRED,
            premises.SAMPLES,
            premises.take_premises,
            premises.premises_key,
            PREMISES,
        ),
        SubjectSpec(
            Subject.METERS,
            _("Meters from a file"),
            "office.import_meters",
            meters.COLUMNS,
            meters.REQUIRED,
            meters.SAMPLES,
            meters.take_meters,
            meters.meter_key,
            METERS,
        ),
        SubjectSpec(
            Subject.READINGS,
            _("Readings from a file"),
            "office.import_readings",
            readings.COLUMNS,
            readings.REQUIRED,
            readings.SAMPLES,
            readings.take_readings,
            readings.reading_key,
            READINGS,
        ),
        SubjectSpec(
            Subject.BALANCES,
            _("Opening balances from a file"),
            "office.import_balances",
            balances.COLUMNS,
            balances.REQUIRED,
            balances.SAMPLES,
            balances.take_balances,
            balances.balance_key,
            BALANCES,
        ),
    )
}
