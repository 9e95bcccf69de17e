"""Bank registries: what a parser read is checked whole (a dry run), then credited by chunks, once.

A file with a single bad line credits nothing; a line whose account is not known waits in a queue for a person.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from portal.accounts import audit
from portal.accounts.models import Account
from portal.core.bulk import batches, insert_rows
from portal.core.money import ZERO
from portal.payments.enums import (
    Channel,
    FileState,
    LineState,
    NegativeSums,
    Purpose,
    RuleKind,
    ToldState,
)
from portal.payments.exceptions import LineSettled, RegistryRefused
from portal.payments.models import IdentificationRule, Payment, PaymentSettings, RegistryFile, RegistryLine
from portal.payments.services.recording import ExternalPayment, record_external_payments
from portal.payments.services.repeats import NewPayment, Repeats, ask_again

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.accounts.models import User
    from portal.payments.models import RegistryTemplate

CHUNK = 500
PARAMETERS = 400
LENGTHS = range(4, 21)  # of account numbers
ASKABLE = (LineState.READY, LineState.UNKNOWN)
OLD = dt.timedelta(days=3 * 366)
FAR = dt.timedelta(days=3 * 366)
_COLUMNS = (
    "file_id",
    "number",
    "raw",
    "state",
    "problem",
    "detail",
    "account_text",
    "account_id",
    "amount",
    "paid_on",
    "period",
    "operation",
    "payer",
    "address",
    "purpose",
    "readings",
    "told",
    "told_note",
    "note",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedLine:
    """A line as the parser read it, ₽. `problem` is a code of what cannot be read; `detail` what was seen."""

    number: int
    raw: str
    problem: str = ""
    detail: str = ""
    account_text: str = ""
    amount: Decimal | None = None
    commission: Decimal = ZERO
    question: str = ""
    """Code of what must be decided before the line is credited."""
    question_detail: str = ""
    remark: str = ""
    """Code of what was not read of a line that is credited all the same."""
    remark_detail: str = ""
    paid_on: dt.date | None = None
    period: dt.date | None = None
    operation: str = ""
    payer: str = ""
    address: str = ""
    purpose: str = ""
    readings: str = ""


def normalised(text: str) -> str:
    """A text by which a rule is remembered: small letters, single spaces."""
    return " ".join(text.lower().replace("ё", "е").split())[:200]


def payer_key(line: ParsedLine | RegistryLine) -> str:
    """A payer by name and address."""
    return normalised(f"{line.payer} {line.address}")


@transaction.atomic
def store_dry_run(*, file: RegistryFile, lines: Iterable[ParsedLine], today: dt.date) -> RegistryFile:
    """Check every line of a file and store what is wrong with each; nothing is credited. Memory stays flat.

    A parser may raise RegistryRefused at its end (totals): then the lines stay for reading, and the file is refused.
    Replaces an earlier dry run of the same row.
    """
    file.lines.all().delete()
    counts = dict.fromkeys(LineState, 0)
    total, commission, number = ZERO, ZERO, 0
    file.refusal = file.refusal_detail = ""
    stream = iter(lines)
    try:
        for chunk in _chunks(stream):
            judged = _judge(file, chunk, today)
            insert_rows(RegistryLine, _COLUMNS, [_row(file, line, verdict) for line, verdict in judged])
            for line, verdict in judged:
                counts[verdict.state] += 1
                total += line.amount or ZERO
                commission += line.commission
                number += 1
    except RegistryRefused as refused:
        file.refusal, file.refusal_detail = refused.code, refused.detail[:250]
    if not file.refusal and number == 0:
        file.refusal = "empty"
    file.state = FileState.REFUSED if file.refusal else FileState.CHECKED
    file.total_lines, file.total_amount, file.commission = number, total, commission
    file.ready, file.unknown, file.bad = counts[LineState.READY], counts[LineState.UNKNOWN], counts[LineState.BAD]
    file.asked = counts[LineState.ASKED]
    file.save()
    _note(file, "Реестр банка: пробное чтение", by=file.uploaded_by, dry_run=True)
    return file


def _note(file: RegistryFile, what: str, *, by: "User | None", dry_run: bool) -> None:
    """A file of a bank in the audit, with its numbers of lines."""
    audit.imported(
        by=by,
        subject=file,
        what=f"{what}: {file.name}",
        section="payments",
        dry_run=dry_run,
        rows=file.total_lines,
        ready=file.ready,
        unknown=file.unknown,
        bad=file.bad,
        asked=file.asked,
        sum=file.total_amount,
        result=file.get_state_display(),
    )


def _chunks(stream: Iterator[ParsedLine]) -> Iterator[list[ParsedLine]]:
    """Lines by the chunk; what was read before the parser refused is given out before its refusal goes on."""
    while True:
        chunk: list[ParsedLine] = []
        refused: RegistryRefused | None = None
        try:
            for line in islice(stream, PARAMETERS):
                chunk.append(line)  # noqa: PERF402 (what was read before a refusal must survive it)
        except RegistryRefused as error:
            refused = error
        if chunk:
            yield chunk
        if refused is not None:
            raise refused
        if not chunk:
            return


# By number, account, sum and day: banks number operations anew each day.
_Operation = tuple[str, str, Decimal | None, dt.date | None]


@dataclass(frozen=True, slots=True)
class _Verdict:
    state: LineState
    problem: str = ""
    detail: str = ""
    account_id: int | None = None
    note: str = ""


def _judge(file: RegistryFile, lines: Sequence[ParsedLine], today: dt.date) -> list[tuple[ParsedLine, _Verdict]]:
    template = file.template
    credit = template.purpose == Purpose.CREDIT
    known = _accounts_by_text({line.account_text for line in lines if line.account_text})
    rules = _rules(lines)
    before = _imported_before(lines) if credit else set()
    seen = _operations(file.lines.all(), lines)
    ask_above = PaymentSettings.load().ask_above
    judged = []
    for line in lines:
        key: _Operation = (line.operation, line.account_text, line.amount, line.paid_on)
        verdict = _fault(template, line, today)
        if verdict is None and line.operation and key in seen:
            verdict = _Verdict(LineState.BAD, "twice_in_file", line.operation)
        if verdict is None and key in before:
            verdict = _Verdict(LineState.REPEATED, "imported_before", line.operation)
        seen.add(key)
        judged.append((line, verdict or _identified(template, line, known, rules)))
    return _questioned(file, judged, today=today, ask_above=ask_above) if credit else judged


def _questioned(
    file: RegistryFile, judged: list[tuple[ParsedLine, _Verdict]], *, today: dt.date, ask_above: Decimal
) -> list[tuple[ParsedLine, _Verdict]]:
    """The same, with lines that must be decided before they are credited, and remarks on those that need not."""
    payments = [
        NewPayment(line.operation, verdict.account_id, line.account_text, line.payer, line.amount, line.paid_on)
        for line, verdict in judged
        if verdict.state in ASKABLE and line.amount is not None and line.paid_on is not None
    ]
    lookup = Repeats(file, payments)
    found = []
    for line, verdict in judged:
        if verdict.state in ASKABLE and line.amount is not None and line.paid_on is not None:
            one = NewPayment(
                line.operation, verdict.account_id, line.account_text, line.payer, line.amount, line.paid_on
            )
            code, detail = _question(line, verdict, lookup.find(one), today=today, ask_above=ask_above)
            if code:
                verdict = replace(verdict, state=LineState.ASKED, problem=code, detail=detail)
            elif line.remark and not verdict.problem:
                verdict = replace(verdict, problem=line.remark, detail=line.remark_detail)
        found.append((line, verdict))
    return found


def _question(
    line: ParsedLine, verdict: _Verdict, repeat: tuple[str, str], *, today: dt.date, ask_above: Decimal
) -> tuple[str, str]:
    """Why a line is asked about, and what was seen; empty for nothing."""
    if repeat[0]:
        return repeat
    if verdict.state != LineState.READY or line.amount is None or line.paid_on is None:
        return "", ""
    if line.question:
        return line.question, line.question_detail
    if line.amount > ask_above:
        return "large", str(line.amount)
    if line.paid_on < today - OLD:
        return "old", f"{line.paid_on:%d.%m.%Y}"
    if line.period is not None and abs(line.period - line.paid_on) > FAR:
        return "period_far", f"{line.period:%m.%Y}"
    return "", ""


def _fault(template: "RegistryTemplate", line: ParsedLine, today: dt.date) -> _Verdict | None:
    if line.problem:
        return _Verdict(LineState.BAD, line.problem, line.detail)
    if line.amount is None or line.paid_on is None:
        return _Verdict(LineState.BAD, "no_sum" if line.amount is None else "no_date")
    if line.paid_on > today:
        return _Verdict(LineState.BAD, "future", f"{line.paid_on:%d.%m.%Y}")
    if line.amount == 0:
        return _Verdict(LineState.BAD, "zero")
    if line.amount < 0:
        if template.negative == NegativeSums.CORRECTION:
            return _Verdict(LineState.UNKNOWN, "negative", str(line.amount))
        return _Verdict(LineState.BAD, "negative", str(line.amount))
    return None


def _identified(
    template: "RegistryTemplate",
    line: ParsedLine,
    known: dict[str, int],
    rules: dict[tuple[str, str], IdentificationRule],
) -> _Verdict:
    if template.purpose == Purpose.COMPARE:
        return _Verdict(LineState.READY)
    account_id = known.get(line.account_text)
    if account_id is not None:
        return _Verdict(LineState.READY, account_id=account_id)
    rule = rules.get((RuleKind.ACCOUNT_TEXT, normalised(line.account_text))) if line.account_text else None
    rule = rule or rules.get((RuleKind.PAYER, payer_key(line)))
    if rule is None:
        return _Verdict(LineState.UNKNOWN, "unknown_account", line.account_text)
    if rule.account_id is None:
        return _Verdict(LineState.DISMISSED, note=f"rule:{rule.pk}")
    return _Verdict(LineState.READY, account_id=rule.account_id, note=f"rule:{rule.pk}")


def _accounts_by_text(texts: set[str]) -> dict[str, int]:
    """Accounts by number as written; lost leading zeros are forgiven where one account alone fits."""
    if not texts:
        return {}
    found = _accounts_of(texts)
    spellings = {text: {text.lstrip("0").zfill(width) for width in LENGTHS} for text in texts - found.keys()}
    others = _accounts_of({spelling for written in spellings.values() for spelling in written})
    for text, written in spellings.items():
        fitting = {others[spelling] for spelling in written if spelling in others}
        if len(fitting) == 1:
            found[text] = fitting.pop()
    return found


def _accounts_of(numbers: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in batches(sorted(numbers), PARAMETERS):
        found.update(Account.objects.filter(number__in=part).values_list("number", "pk"))
    return found


def _rules(lines: Sequence[ParsedLine]) -> dict[tuple[str, str], IdentificationRule]:
    texts = {normalised(line.account_text) for line in lines if line.account_text} | {payer_key(line) for line in lines}
    texts.discard("")
    found = {}
    for part in batches(sorted(texts), PARAMETERS):
        for rule in IdentificationRule.objects.filter(text__in=part):
            found[rule.kind, rule.text] = rule
    return found


def _imported_before(lines: Sequence[ParsedLine]) -> set[_Operation]:
    done = (LineState.CREDITED, LineState.DISMISSED, LineState.UNKNOWN, LineState.ASKED)
    return _operations(RegistryLine.objects.filter(state__in=done, file__state=FileState.IMPORTED), lines)


def _operations(stored: "QuerySet[RegistryLine]", lines: Sequence[ParsedLine]) -> set[_Operation]:
    """Those of the lines' operations that stand in the stored lines: asked by the chunk, so that memory stays flat."""
    found: set[_Operation] = set()
    for part in batches(sorted({line.operation for line in lines if line.operation}), PARAMETERS):
        rows = stored.filter(operation__in=part)
        found.update(rows.values_list("operation", "account_text", "amount", "paid_on"))
    return found


def _row(file: RegistryFile, line: ParsedLine, verdict: _Verdict) -> tuple[object, ...]:
    return (
        file.pk,
        line.number,
        line.raw[:600],
        str(verdict.state),
        verdict.problem[:30],
        verdict.detail[:200],
        line.account_text[:60],
        verdict.account_id,
        line.amount,
        line.paid_on,
        line.period,
        line.operation[:80],
        line.payer[:160],
        line.address[:200],
        line.purpose[:250],
        line.readings[:200],
        ToldState.WAITING if line.readings else "",
        "",
        verdict.note,
    )


def begin_import(*, file: RegistryFile, by: "User | None" = None) -> RegistryFile:
    """Set a checked file to be imported; `by` None is a command. Lines that are asked about wait for a decision.

    Raises RegistryRefused: bad_lines, state, already_imported, undecided (lines were credited with another file while
    this one waited: they are asked about now).
    """
    if file.bad:
        raise RegistryRefused("bad_lines", str(file.bad))
    changed = ask_again(file) if file.state == FileState.CHECKED else 0
    if changed:
        raise RegistryRefused("undecided", str(changed))
    try:
        with transaction.atomic():
            changed = RegistryFile.objects.filter(pk=file.pk, state=FileState.CHECKED).update(state=FileState.IMPORTING)
    except IntegrityError as error:
        raise RegistryRefused("already_imported") from error
    if not changed:
        raise RegistryRefused("state")
    file.refresh_from_db()
    _note(file, "Реестр банка: загрузка", by=by, dry_run=False)
    return file


def import_chunk(*, file_id: int, now: dt.datetime) -> bool:
    """Import the next lines of a file in one transaction; returns whether lines are left. A repeat adds nothing."""
    with transaction.atomic():
        file = RegistryFile.objects.select_for_update(of=("self",)).select_related("template").get(pk=file_id)
        if file.state != FileState.IMPORTING:
            return False
        lines = list(file.lines.filter(state=LineState.READY).order_by("number")[:CHUNK])
        if not lines:
            RegistryFile.objects.filter(pk=file_id).update(state=FileState.IMPORTED, imported_at=now)
            return False
        if file.template.purpose == Purpose.COMPARE:
            _compare(lines)
        else:
            _credit(file, lines)
        RegistryFile.objects.filter(pk=file_id).update(done=F("done") + len(lines))
    return True


def _credit(file: RegistryFile, lines: Sequence[RegistryLine]) -> None:
    keys = {line.pk: f"registry:{file.pk}:{line.number}" for line in lines}
    record_external_payments(_external(file, line, keys[line.pk]) for line in lines)
    payment = Payment.objects.filter(key=Concat(Value(f"registry:{file.pk}:"), Cast(OuterRef("number"), CharField())))
    RegistryLine.objects.filter(file=file, pk__in=list(keys)).update(
        payment=Subquery(payment.values("pk")), state=LineState.CREDITED
    )
    used = [int(line.note.removeprefix("rule:")) for line in lines if line.note.startswith("rule:")]
    for rule in set(used):
        IdentificationRule.objects.filter(pk=rule).update(used=F("used") + used.count(rule))


def _external(file: RegistryFile, line: RegistryLine, key: str) -> ExternalPayment:
    if line.account_id is None or line.amount is None or line.paid_on is None:
        raise LineSettled(str(line.pk))
    return ExternalPayment(
        account_id=line.account_id,
        amount=line.amount,
        paid_on=line.paid_on,
        for_period=line.period,
        channel=Channel(file.template.channel),
        key=key,
        note=f"{file.name}, строка {line.number}"[:250],
    )


def _compare(lines: Sequence[RegistryLine]) -> None:
    numbers = [line.operation for line in lines if line.operation]
    ours: dict[str, Decimal] = {}
    for part in batches(numbers, PARAMETERS):
        ours.update(Payment.objects.filter(gateway_id__in=part, state="succeeded").values_list("gateway_id", "amount"))
    for line in lines:
        line.state = LineState.COMPARED
        mine = ours.get(line.operation)
        if mine is None:
            line.problem, line.detail = "not_ours", line.operation
        elif mine != line.amount:
            line.problem, line.detail = "other_sum", str(mine)
    RegistryLine.objects.bulk_update(lines, ["state", "problem", "detail"], batch_size=100)


def import_all(*, file_id: int, now: dt.datetime) -> RegistryFile:
    """Import a file to its end, chunk by chunk."""
    while import_chunk(file_id=file_id, now=now):
        pass
    return RegistryFile.objects.get(pk=file_id)


def lines_with_readings(*, file_id: int, limit: int) -> list[RegistryLine]:
    """Credited lines of a file whose told readings nobody has submitted yet, in their order."""
    waiting = RegistryLine.objects.filter(file_id=file_id, state=LineState.CREDITED, told=ToldState.WAITING)
    return list(waiting.select_related("account").order_by("number")[:limit])


def note_readings(*, line: RegistryLine, state: ToldState, note: str) -> bool:
    """Keep what became of a line's readings, once; says whether it was this call that did."""
    waiting = RegistryLine.objects.filter(pk=line.pk, told=ToldState.WAITING)
    return bool(waiting.update(told=state, told_note=note[:250]))
