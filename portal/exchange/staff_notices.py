"""What staff are told when a file of readings, accounts or payments was not taken whole. Russian content."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from portal.accounts import audit
from portal.accounts.models import User
from portal.accounts.staff import notify_staff
from portal.core.models import CompanySettings
from portal.exchange.reports import Report

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Kind:
    """What is imported: its name, the right that it asks for, its page in the admin."""

    name: str
    permission: str
    link: str


READINGS = Kind("импорт показаний", "office.import_readings", "/admin/office/import/readings/")
ACCOUNTS = Kind("импорт счетов", "office.import_accounts", "/admin/office/import/accounts/")
REGISTRY = Kind("импорт реестра", "payments.import_registry", "/admin/office/payments/registries/")


def notify_rows_refused(kind: Kind, report: Report, *, data: bytes, by: User | None, today: dt.date) -> int:
    """Tell those concerned which rows of an import were not taken; once a day for the same file.

    Says nothing of a dry run, whose rows are on the screen, nor of an import without a bad row.
    """
    not_taken = report.not_taken()
    if report.dry_run or not not_taken:
        return 0
    count = len(not_taken)
    listed = "\n".join(f"Строка {row.number}: {row.reason}" for row in not_taken[:SHOWN])
    rest = f"\nи ещё {count - SHOWN}" if count > SHOWN else ""
    text = (
        f"Не принято строк: {count} из {report.rows}; принято: {report.taken}, уже были: {report.repeated}. "
        "Исправьте эти строки и загрузите "
        f"файл ещё раз: принятое не удвоится.\n{listed}{rest}"
    )
    return _notify(kind, text, data=data, by=by, today=today)


def note_import(kind: Kind, report: Report, *, data: bytes, by: User | None) -> None:
    """Write an import, or its dry run, to the audit: the file's digest, its rows and what became of them."""
    audit.imported(
        by=by,
        subject=by or CompanySettings.load(),
        what=kind.name,
        section="metering" if kind is READINGS else "accounts",
        dry_run=report.dry_run,
        rows=report.rows,
        taken=report.taken,
        repeated=report.repeated,
        bad=len(report.bad),
        asked=len(report.asked),
        file=hashlib.sha256(data).hexdigest()[:16],
    )


def notify_file_refused(kind: Kind, *, name: str, why: str, data: bytes, today: dt.date) -> int:
    """Tell those concerned that a file could not be read at all (a command without a person at its screen)."""
    return _notify(kind, f"Файл «{name}» не прочитан: {why} Ничего не загружено.", data=data, by=None, today=today)


def _notify(kind: Kind, text: str, *, data: bytes, by: User | None, today: dt.date) -> int:
    digest = hashlib.sha256(data).hexdigest()[:16]
    return notify_staff(
        event=f"import:{kind.permission}:{today}:{digest}",
        what=kind.name,
        text=text,
        link=kind.link,
        permission=kind.permission,
        started_by=by,
    )
