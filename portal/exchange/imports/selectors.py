"""Reading imports: the journal, one import, its rows, the file of rows that were not imported."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet

from portal.accounts.models import User
from portal.exchange.enums import NOT_TAKEN, ImportState, RowState
from portal.exchange.imports.cells import decoded
from portal.exchange.imports.subjects import SUBJECTS
from portal.exchange.models import ColumnMapping, Import, ImportRow
from portal.exchange.tables import REASON_HEADING


def subjects_of(user: User) -> list[str]:
    """The kinds of import that a user may make."""
    return [name for name, spec in SUBJECTS.items() if user.has_perm(spec.permission)]


def imports(subjects: Collection[str], *, state: str = "", query: str = "") -> QuerySet[Import]:
    """Imports of some kinds, the newest first, with counts of their rows."""
    rows = Import.objects.filter(subject__in=subjects).select_related("uploaded_by", "loaded_by", "mapping")
    if state:
        rows = rows.filter(state=state)
    for word in query.split():
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(uploaded_by__username__icontains=word)
            | Q(uploaded_by__last_name__icontains=word)
            | Q(mapping__name__icontains=word)
        )
    return rows.annotate(
        total=Count("rows"),
        imported_rows=Count("rows", filter=Q(rows__state=RowState.TAKEN)),
        bad=Count("rows", filter=Q(rows__state__in=NOT_TAKEN)),
    ).order_by("-uploaded_at", "-pk")


def import_of(pk: int, subjects: Collection[str]) -> Import | None:
    """An import of one of these kinds, with what its page shows."""
    related = ("uploaded_by", "loaded_by", "approved_by", "undone_by", "mapping", "parent", "stored")
    return Import.objects.filter(subject__in=subjects, pk=pk).select_related(*related).first()


def balances_of(imported: Import) -> Import | None:
    """The import of the balances that came with accounts."""
    return Import.objects.filter(parent=imported).first()


def unchecked_balances() -> QuerySet[Import]:
    """Imports of balances that came with accounts and that no run has begun to check."""
    return Import.objects.filter(state=ImportState.CHECKING, runs=None).exclude(parent=None)


def rows_of(imported: Import, *, state: str = "") -> QuerySet[ImportRow]:
    """Rows of an import in the order of the file, those in one state when it is named."""
    rows = imported.rows.order_by("number")
    return rows.filter(state=state) if state else rows


def mappings(subject: str) -> QuerySet[ColumnMapping]:
    """Remembered columns for a kind of import."""
    return ColumnMapping.objects.filter(subject=subject).order_by("name")


def rows_to_repair(imported: Import) -> tuple[list[str], Iterator[Sequence[Any]]]:
    """Headings and rows of the file of rows not imported, as they were written, with the reason in the last column.

    It can be corrected and loaded again: the column of reasons is ignored.
    """
    width = len(imported.texts)

    def rows() -> Iterator[Sequence[Any]]:
        for row in imported.rows.filter(state__in=NOT_TAKEN).order_by("number").iterator(chunk_size=1000):
            cells = decoded(row.cells)[:width]
            yield [*cells, *[None] * (width - len(cells)), row.reason]

    return [*imported.texts, REASON_HEADING], rows()
