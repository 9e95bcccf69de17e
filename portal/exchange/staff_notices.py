"""Alerts to staff when a file of readings, accounts or payments was not taken whole."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.accounts import audit
from portal.accounts.models import User
from portal.accounts.staff import notify_employees
from portal.core import clock
from portal.core.models import CompanySettings
from portal.exchange.reports import ImportReport
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, register
from portal.notifications.texts import Text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN = 10


def _rows_text(rows: Sequence[tuple[int, "StrOrPromise"]]) -> str:
    lines = [gettext("Row %(number)s: %(reason)s") % {"number": number, "reason": reason} for number, reason in rows]
    rest = len(lines) - SHOWN
    return "\n".join(lines[:SHOWN] + ([gettext("and %(n)s more") % {"n": rest}] if rest > 0 else []))


ROWS = Placeholder(
    _("The first rows that were not imported, and why"), [(4, "нет такого счётчика"), (9, "нет даты")], _rows_text
)


def _declare(
    code: str, name: "StrOrPromise", what: tuple[str, str], permission: str, link: Link
) -> tuple[NotificationKind, NotificationKind]:
    """Rows of a file, and a whole file, that were refused; `what` is the import in both languages."""
    rows_refused = register(
        NotificationKind(
            code=f"{code}_rows_refused",
            name=format_lazy(_("{import_name}: rows were refused (staff)"), import_name=name),
            category=categories.JOB_FAILED,
            link=link,
            permission=permission,
            placeholders={
                "count": Placeholder(_("How many rows were refused"), 2),
                "total": Placeholder(_("Of how many rows"), 300),
                "imported": Placeholder(_("How many were imported"), 290),
                "repeated": Placeholder(_("How many existed before"), 8),
                "rows": ROWS,
            },
            russian=Text(
                f"Задание не удалось: {what[0]}",
                "Не принято строк: {count} из {total}; принято: {imported}, уже были: {repeated}. Исправьте эти "
                "строки и загрузите файл ещё раз: принятое не удвоится.\n{rows}",
            ),
            english=Text(
                f"A job failed: {what[1]}",
                "Rows that were refused: {count} of {total}; imported: {imported}, there before: {repeated}. Correct "
                "these rows and upload the file again: imported rows are not doubled.\n{rows}",
            ),
        )
    )
    file_refused = register(
        NotificationKind(
            code=f"{code}_file_refused",
            name=format_lazy(_("{import_name}: a file was refused (staff)"), import_name=name),
            category=categories.JOB_FAILED,
            link=link,
            permission=permission,
            placeholders={
                "file": Placeholder(_("Name of the file"), "pokazaniya.csv"),
                "reason": Placeholder(_("Why"), "Нет колонки «счётчик»."),
            },
            russian=Text(f"Задание не удалось: {what[0]}", "Файл «{file}» не прочитан: {reason} Ничего не загружено."),
            english=Text(
                f"A job failed: {what[1]}", "The file “{file}” could not be read: {reason} Nothing was taken."
            ),
        )
    )
    return rows_refused, file_refused


@dataclass(frozen=True, slots=True)
class ImportKind:
    """Kind of import: its name in the audit and its alert to staff."""

    name: str
    rows_refused: NotificationKind
    file_refused: NotificationKind


READINGS = ImportKind(
    "импорт показаний",
    *_declare(
        "readings_import",
        _("Import of readings"),
        ("импорт показаний", "import of readings"),
        "office.import_readings",
        Link("office_import", ("readings",)),
    ),
)
ACCOUNTS = ImportKind(
    "импорт счетов",
    *_declare(
        "accounts_import",
        _("Import of accounts"),
        ("импорт счетов", "import of accounts"),
        "office.import_accounts",
        Link("office_import", ("accounts",)),
    ),
)
PREMISES = ImportKind(
    "импорт помещений",
    *_declare(
        "premises_import",
        _("Import of premises"),
        ("импорт помещений", "import of premises"),
        "office.import_accounts",
        Link("office_import", ("premises",)),
    ),
)
METERS = ImportKind(
    "импорт счётчиков",
    *_declare(
        "meters_import",
        _("Import of meters"),
        ("импорт счётчиков", "import of meters"),
        "office.import_meters",
        Link("office_import", ("meters",)),
    ),
)
BALANCES = ImportKind(
    "импорт остатков",
    *_declare(
        "balances_import",
        _("Import of balances"),
        ("импорт остатков", "import of balances"),
        "office.import_balances",
        Link("office_import", ("balances",)),
    ),
)
BANK_FILE = ImportKind(
    "импорт реестра",
    *_declare(
        "registry_import",
        _("Import of a bank file"),
        ("импорт реестра", "import of a bank file"),
        "payments.import_registry",
        Link("office_bank_files"),
    ),
)


def notify_rows_refused(kind: ImportKind, report: ImportReport, *, data: bytes, by: User | None, today: dt.date) -> int:
    """Tell those concerned which rows of an import were not taken; once a day for the same file.

    Says nothing of a dry run, whose rows are on the screen, nor of an import without a bad row.
    """
    not_taken = report.not_taken()
    if report.dry_run or not not_taken:
        return 0
    return _notify(
        kind.rows_refused,
        {
            "count": len(not_taken),
            "total": report.rows,
            "imported": report.imported,
            "repeated": report.repeated,
            "rows": [(row.number, row.reason) for row in not_taken],
        },
        data=data,
        by=by,
        today=today,
    )


def note_import(kind: ImportKind, report: ImportReport, *, data: bytes, by: User | None) -> None:
    """Write an import, or its dry run, to the audit: the file's digest, its rows and what became of them."""
    _note(
        kind,
        by,
        dry_run=report.dry_run,
        rows=report.rows,
        imported=report.imported,
        repeated=report.repeated,
        bad=len(report.bad),
        asked=len(report.asked),
        file=hashlib.sha256(data).hexdigest()[:16],
    )


def notify_file_refused(
    kind: ImportKind,
    *,
    name: str,
    why: str,
    today: dt.date,
    data: bytes = b"",
    event: str = "",
    by: User | None = None,
) -> int:
    """Tell those concerned, and who started it, that a file could not be read at all."""
    return _notify(kind.file_refused, {"file": name, "reason": why}, data=data, by=by, today=today, event=event)


def notify_import_rows(
    kind: ImportKind,
    *,
    rows: Sequence[tuple[int, str]],
    total: int,
    imported: int,
    repeated: int,
    event: str,
    by: User | None,
) -> int:
    """Tell those concerned, and who started it, which rows of a loaded file were not taken; nothing when all were."""
    if not rows:
        return 0
    context = {"count": len(rows), "total": total, "imported": imported, "repeated": repeated, "rows": rows}
    return _notify(kind.rows_refused, context, data=b"", by=by, today=clock.today(), event=event)


def notify_import_stopped(kind: ImportKind, *, name: str, event: str, by: User | None) -> int:
    """Tell those concerned, and who started it, that an import stopped by a fault of the portal; once a run."""
    why = "ошибка портала. Загруженное стоит; откройте импорт и нажмите «Продолжить»."
    return _notify(
        kind.file_refused,
        {"file": name, "reason": why},
        data=b"",
        by=by,
        today=clock.today(),
        event=f"stopped:{event}",
    )


def note_counts(
    kind: ImportKind, *, by: User | None, action: str, dry_run: bool, counts: Mapping[str, int], file: str
) -> None:
    """Write to the audit that the rows of a file were checked, loaded or taken back, with their counts."""
    _note(kind, by, step=action, dry_run=dry_run, rows=sum(counts.values()), file=file, **counts)


def _note(kind: ImportKind, by: User | None, *, dry_run: bool, **facts: object) -> None:
    section = "metering" if kind in (READINGS, METERS) else "accounts"
    subject = by or CompanySettings.load()
    audit.imported(by=by, subject=subject, what=kind.name, section=section, dry_run=dry_run, **facts)


def _notify(
    kind: NotificationKind,
    context: Mapping[str, Any],
    *,
    data: bytes,
    by: User | None,
    today: dt.date,
    event: str = "",
) -> int:
    digest = event or hashlib.sha256(data).hexdigest()[:16]
    link = kind.link
    return notify_employees(
        kind,
        event=f"import:{kind.permission}:{today}:{digest}",
        context=context,
        link_args=link.sample if link else (),
        started_by=by,
    )
