"""What staff are told when a registry or a reconciliation does not succeed. Russian content."""

from portal.accounts.staff import notify_staff
from portal.core.formatting import date_text, plural
from portal.payments.enums import DifferenceKind
from portal.payments.models import ReconciliationRun, RegistryFile

IMPORT, RECONCILE = "payments.import_registry", "payments.reconcile"


def notify_registry_refused(file: RegistryFile, *, why: str) -> int:
    """Tell those who import registries that a file cannot be imported as it is; once for a file's content.

    `why` is what is wrong with the whole file, in words; empty when it is single lines.
    """
    bad = f"{file.bad} {plural(file.bad, 'строка', 'строки', 'строк')} из {file.total_lines} с ошибками"
    text = (
        f"Файл «{file.name}» ({file.template.name}) не принят: {why or bad}. Ни один платёж не зачислен. "
        "На странице файла — каждая строка и что с ней не так; исправьте файл или шаблон и загрузите снова."
    )
    return notify_staff(
        event=f"registry:{file.sha256}:refused",
        what=f"реестр «{file.name}»",
        text=text,
        link=f"/admin/office/payments/registries/{file.pk}/",
        permission=IMPORT,
        started_by=file.uploaded_by,
    )


def notify_reconciliation(run: ReconciliationRun) -> int:
    """Tell those who reconcile that a gateway was silent or that new differences were found; once per run."""
    new = run.new_differences.exclude(kind=DifferenceKind.UNIDENTIFIED).count()
    if run.gateway_answered and not new:
        return 0
    days = f"{date_text(run.first_day)} – {date_text(run.last_day)}"
    parts = []
    if not run.gateway_answered:
        parts.append(f"Платёжный шлюз не ответил ({run.error}): его платежи не сверены, остальные книги сверены.")
    if new:
        parts.append(f"Новых расхождений: {new}.")
    return notify_staff(
        event=f"reconciliation:{run.pk}",
        what=f"сверка платежей за {days}",
        text=" ".join(parts),
        link="/admin/office/payments/reconciliation/",
        permission=RECONCILE,
        started_by=run.started_by,
    )
