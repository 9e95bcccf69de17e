"""Alerts to staff when a bank file or a reconciliation does not succeed."""

import datetime as dt

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from portal.accounts.staff import notify_employees
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, day, register
from portal.notifications.texts import Text
from portal.payments.enums import DifferenceKind
from portal.payments.models import BankFile, ReconciliationRun


def _bad_text(counts: tuple[int, int]) -> str:
    bad, total = counts
    return ngettext("%(n)s line of %(total)s has errors", "%(n)s lines of %(total)s have errors", int(bad)) % {
        "n": bad,
        "total": total,
    }


def _silence_text(error: list[str]) -> str:
    message = gettext(
        "The payment gateway did not answer (%(error)s): its payments were not compared, the other books were."
    )
    return message % {"error": error[0]}


def _new_text(count: int) -> str:
    return gettext("New differences: %(n)s.") % {"n": count}


BANK_FILE_REFUSED = register(
    NotificationKind(
        code="registry_refused",
        name=_("Bank file refused (staff)"),
        category=categories.JOB_FAILED,
        link=Link("office_bank_file", (1,)),
        permission="payments.import_registry",
        placeholders={
            "file": Placeholder(_("Name of the file"), "sber_20261115.txt"),
            "template": Placeholder(_("Its template"), "Сбербанк, 13 полей"),
            "reason": Placeholder(_("What is wrong with it"), (3, 120), _bad_text),
        },
        russian=Text(
            "Задание не удалось: реестр «{file}»",
            "Файл «{file}» ({template}) не принят: {reason}. Ни один платёж не зачислен. На странице файла — каждая "
            "строка и что с ней не так; исправьте файл или шаблон и загрузите снова.",
        ),
        english=Text(
            "A job failed: the bank file “{file}”",
            "The file “{file}” ({template}) was refused: {reason}. No payment was credited. The page of the file shows "
            "each line and what is wrong with it; correct the file or the template and upload it again.",
        ),
    )
)
RECONCILIATION_DIFFERS = register(
    NotificationKind(
        code="reconciliation_differs",
        name=_("Reconciliation found differences (staff)"),
        category=categories.JOB_FAILED,
        link=Link("office_reconciliation"),
        permission="payments.reconcile",
        placeholders={
            "first_day": day(_("First day that was compared"), dt.date(2026, 11, 12)),
            "last_day": day(_("Last day that was compared"), dt.date(2026, 11, 14)),
            "silence": Placeholder(_("Note that the gateway did not answer, if so"), ["timeout"], _silence_text),
            "differences": Placeholder(_("How many new differences there are, if any"), 2, _new_text),
        },
        russian=Text(
            "Задание не удалось: сверка платежей за {first_day} – {last_day}",
            "Сверка не сошлась. {silence} {differences}",
        ),
        english=Text(
            "A job failed: reconciliation of payments, {first_day} – {last_day}",
            "The reconciliation does not agree. {silence} {differences}",
        ),
    )
)


def notify_bank_file_refused(file: BankFile, *, why: str) -> int:
    """Tell those who import bank files that a file cannot be imported as it is; once for a file's content.

    `why` is what is wrong with the whole file, in words; empty when it is single lines.
    """
    return notify_employees(
        BANK_FILE_REFUSED,
        event=f"registry:{file.sha256}:refused",
        context={"file": file.name, "template": file.template.name, "reason": why or (file.bad, file.total_lines)},
        link_args=(file.pk,),
        started_by=file.uploaded_by,
    )


def notify_reconciliation(run: ReconciliationRun) -> int:
    """Tell those who reconcile that a gateway was silent or that new differences were found; once per run."""
    new = run.new_differences.exclude(kind=DifferenceKind.UNIDENTIFIED).count()
    if run.gateway_answered and not new:
        return 0
    return notify_employees(
        RECONCILIATION_DIFFERS,
        event=f"reconciliation:{run.pk}",
        context={
            "first_day": run.first_day,
            "last_day": run.last_day,
            "silence": None if run.gateway_answered else [run.error],
            "differences": new or None,
        },
        started_by=run.started_by,
    )
