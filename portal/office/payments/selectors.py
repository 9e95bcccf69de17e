"""What the accountant looks through: refunds, files and lines of bank files, payments, differences."""

from django.db.models import Count, Q, QuerySet

from portal.payments.enums import DuplicateDecision, LineState, RefundState, ReportedReadingState
from portal.payments.models import (
    BankFile,
    BankFileLine,
    BankFileTemplate,
    Difference,
    Payment,
    PossibleDuplicate,
    ReconciliationRun,
    Refund,
)
from portal.payments.selectors.bank_file_lines import files_to_decide
from portal.payments.selectors.differences import open_differences
from portal.payments.selectors.guesses import unidentified

SHOWN_RUNS = 10
SHOWN_DECIDED = 50
TO_LOOK_AT = (LineState.ASKED, LineState.BAD, LineState.UNKNOWN, LineState.REPEATED)


def payment_with_account(pk: int) -> Payment | None:
    """A payment with its account, its address and its payer."""
    return Payment.objects.select_related("account__premises__house__street", "payer").filter(pk=pk).first()


def refunds_by(*, state: str, query: str) -> QuerySet[Refund]:
    """Refunds of a state ("" for all), of an account's or a payment's number or a word of the reason; newest first."""
    refunds = Refund.objects.select_related("payment__account", "made_by", "approved_by", "requested_by")
    if state:
        refunds = refunds.filter(state=state)
    if query:
        number = query.removeprefix("№").strip()
        wanted = Q(payment__account__number__icontains=query) | Q(reason__icontains=query)
        if number.isascii() and number.isdigit() and len(number) < 10:
            wanted |= Q(payment_id=int(number))
        refunds = refunds.filter(wanted)
    return refunds


def refund_with_payment(pk: int) -> Refund | None:
    """A refund with its payment, account and people."""
    return Refund.objects.select_related("payment__account", "made_by", "requested_by").filter(pk=pk).first()


def waiting_refunds() -> int:
    """Return how many refunds wait for an answer or a second person."""
    return Refund.objects.filter(state__in=(RefundState.REQUESTED, RefundState.AWAITING)).count()


def active_templates() -> QuerySet[BankFileTemplate]:
    """Templates by which bank files may be read."""
    return BankFileTemplate.objects.filter(active=True)


def template_with_columns(pk: int) -> BankFileTemplate | None:
    """A template with its columns."""
    return BankFileTemplate.objects.prefetch_related("columns").filter(pk=pk).first()


def bank_files(*, query: str, to_decide: bool) -> QuerySet[BankFile]:
    """Files by a part of their name, or those that wait for a decision; newest first."""
    files = (files_to_decide() if to_decide else BankFile.objects.all()).select_related("template", "uploaded_by")
    return files.filter(name__icontains=query) if query else files


def bank_file(pk: int) -> BankFile | None:
    """A file with its template and who brought it."""
    return BankFile.objects.select_related("template", "uploaded_by").filter(pk=pk).first()


def lines_to_look_at(file: BankFile, *, state: str, reading_state: str) -> QuerySet[BankFileLine]:
    """Lines of one state, those whose readings have one, or those to be looked at."""
    lines = file.lines.select_related("account", "payment")
    if reading_state:
        return lines.filter(reading_state=reading_state)
    if state:
        return lines.filter(state=state)
    return lines.filter(Q(state__in=TO_LOOK_AT) | ~Q(problem="") | Q(reading_state=ReportedReadingState.REFUSED))


def lines_of(file: BankFile, *, state: str) -> QuerySet[BankFileLine]:
    """Every line of a file, or those of one state."""
    return file.lines.filter(state=state) if state else file.lines.all()


def reading_state_counts(file: BankFile) -> QuerySet[BankFileLine, tuple[str, int]]:
    """Return the states of the readings reported in a file, with numbers of lines."""
    lines = file.lines.exclude(reading_state="").order_by("reading_state")
    return lines.values_list("reading_state").annotate(count=Count("pk"))


def unidentified_by(query: str) -> QuerySet[BankFileLine]:
    """Payments without an account by payer, account or address as written; the oldest first."""
    lines = unidentified()
    if query:
        lines = lines.filter(Q(payer__icontains=query) | Q(account_text__icontains=query) | Q(address__icontains=query))
    return lines.order_by("paid_on", "pk")


def bank_file_line(pk: int) -> BankFileLine | None:
    """A line with its file and the template."""
    return BankFileLine.objects.select_related("file__template").filter(pk=pk).first()


def open_duplicates() -> QuerySet[PossibleDuplicate]:
    """Payments that look made twice and wait for a decision."""
    return _duplicates().filter(decision=DuplicateDecision.OPEN)


def decided_duplicates() -> QuerySet[PossibleDuplicate]:
    """The last that were decided."""
    return _duplicates().exclude(decision=DuplicateDecision.OPEN)[:SHOWN_DECIDED]


def duplicate(pk: str) -> PossibleDuplicate | None:
    """A possible duplicate by the id that a form sent."""
    return PossibleDuplicate.objects.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() else None


def _duplicates() -> QuerySet[PossibleDuplicate]:
    return PossibleDuplicate.objects.select_related("payment__account", "earlier", "decided_by")


def differences_of(kind: str) -> QuerySet[Difference]:
    """Open differences between two books, of one kind or of all."""
    return open_differences().filter(kind=kind) if kind else open_differences()


def difference_counts() -> QuerySet[Difference, tuple[str, int]]:
    """Kinds of open differences and how many of each."""
    return open_differences().order_by("kind").values_list("kind").annotate(count=Count("pk"))


def last_reconciliations() -> QuerySet[ReconciliationRun]:
    """The last comparisons, the newest first."""
    return ReconciliationRun.objects.select_related("started_by")[:SHOWN_RUNS]
