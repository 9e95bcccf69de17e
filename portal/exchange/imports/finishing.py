"""What follows when a run over the rows of an import has ended: its state, the audit, messages, debts to be booked."""

from django.db.models import Count
from django.utils import translation

from portal.accounts.models import Account
from portal.core import clock
from portal.exchange.enums import ImportAction, ImportState, RowState, Subject
from portal.exchange.imports.subjects import SUBJECTS
from portal.exchange.models import Import, ImportRow, ImportRun
from portal.exchange.staff_notices import note_counts, notify_file_refused, notify_import_rows

AFTER = {
    ImportAction.CHECK: ImportState.CHECKED,
    ImportAction.LOAD: ImportState.LOADED,
    ImportAction.UNDO: ImportState.UNDONE,
}
TOLD = 10


def counts_of(imported: Import) -> dict[str, int]:
    """Return how many rows are in which state (one query)."""
    return dict(imported.rows.order_by().values_list("state").annotate(count=Count("pk")))


def finished(run: ImportRun) -> None:
    """Set the import's next state, audit it and notify whoever started it, under the lock of the run."""
    imported = Import.objects.select_related("uploaded_by", "loaded_by").get(pk=run.imported_id)
    action, counts = ImportAction(run.action), counts_of(imported)
    if imported.refusal:
        imported.state = ImportState.REFUSED
    elif action == ImportAction.UNDO and counts.get(RowState.TAKEN):
        imported.state = ImportState.LOADED
    else:
        imported.state = AFTER[action]
    if action == ImportAction.LOAD:
        imported.loaded_at = clock.now()
    if action == ImportAction.UNDO and imported.state == ImportState.UNDONE:
        imported.undone_at = clock.now()
    imported.save(update_fields=["state", "loaded_at", "undone_at"])
    with translation.override("ru"):
        _tell(run, imported, counts)
    if action == ImportAction.LOAD and imported.subject == Subject.ACCOUNTS:
        bring_debts(imported)


def _tell(run: ImportRun, imported: Import, counts: dict[str, int]) -> None:
    kind = SUBJECTS[imported.subject].kind
    if imported.refusal:
        notify_file_refused(
            kind,
            name=imported.name,
            why=imported.refusal,
            event=f"{imported.pk}:{imported.sha256[:16]}",
            today=clock.today(),
            by=run.requested_by,
        )
        return
    note_counts(
        kind,
        by=run.requested_by,
        action=str(run.get_action_display()),
        dry_run=run.action == ImportAction.CHECK,
        counts=counts,
        file=imported.sha256[:16],
    )
    if run.action == ImportAction.LOAD:
        bad = imported.rows.filter(state__in=(RowState.BAD, RowState.ASKED)).order_by("number")
        notify_import_rows(
            kind,
            rows=list(bad.values_list("number", "reason")),
            total=sum(counts.values()),
            imported=counts.get(RowState.TAKEN, 0),
            repeated=counts.get(RowState.REPEATED, 0),
            event=f"{imported.pk}:{run.pk}",
            by=run.requested_by,
        )


def bring_debts(imported: Import) -> Import | None:
    """Make an import of balances of the debts that accounts came with; None where there are none, or it exists."""
    rows = [row for row in imported.rows.filter(state=RowState.TAKEN).order_by("number") if "debt" in row.made]
    if not rows or Import.objects.filter(parent=imported).exists():
        return None
    accounts = Account.objects.only("number").in_bulk([row.made["account"] for row in rows])
    balances = Import.objects.create(
        subject=Subject.BALANCES,
        name=f"{imported.name}: остатки"[:200],
        sha256=imported.sha256,
        parent=imported,
        texts=["Лицевой счет", "Остаток"],
        places={"account": [0], "amount": [1]},
        state=ImportState.CHECKING,
        uploaded_by=imported.loaded_by or imported.uploaded_by,
        uploaded_at=clock.now(),
        accept_asked=imported.accept_asked,
    )
    ImportRow.objects.bulk_create(
        [
            ImportRow(
                imported=balances,
                number=row.number,
                cells=[accounts[row.made["account"]].number, row.made["debt"]],
                key=accounts[row.made["account"]].number.lstrip("0"),
            )
            for row in rows
        ],
        batch_size=500,
    )
    return balances
