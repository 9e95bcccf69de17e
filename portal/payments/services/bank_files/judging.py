"""Verdicts on lines: it is bad, repeated, to be decided, of an unknown account, or ready to be credited."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from portal.accounts.calculation import number_spellings
from portal.accounts.models import Account
from portal.core.bulk import batches
from portal.payments.enums import FileState, LineState, NegativeSums, Purpose, RuleKind
from portal.payments.models import BankFile, BankFileLine, IdentificationRule, PaymentSettings
from portal.payments.services.bank_files.lines import ParsedLine, normalised, payer_key
from portal.payments.services.repeats import NewPayment, Repeats

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.payments.models import BankFileTemplate

PARAMETERS = 400
ASKABLE = (LineState.READY, LineState.UNKNOWN)
OLD = dt.timedelta(days=3 * 366)
FAR = dt.timedelta(days=3 * 366)

# By number, account, sum and day: banks number operations anew each day.
_Operation = tuple[str, str, Decimal | None, dt.date | None]

_Number = tuple[str, str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a line, and the codes of what is wrong with it."""

    state: LineState
    problem: str = ""
    detail: str = ""
    account_id: int | None = None
    note: str = ""


def judge(file: BankFile, lines: Sequence[ParsedLine], today: dt.date) -> list[tuple[ParsedLine, Verdict]]:
    """Return what becomes of each line of a chunk; the lines of the file that were stored before count."""
    template = file.template
    credit = template.purpose == Purpose.CREDIT
    accounts = _accounts_by_text({line.account_text for line in lines if line.account_text})
    rules = _rules(lines)
    before = _imported_before(lines) if credit else set()
    operations = _operations(file.lines.all(), lines)
    ask_above = PaymentSettings.load().ask_above
    judged = []
    for line in lines:
        key: _Operation = (line.operation, line.account_text, line.amount, line.paid_on)
        verdict = _fault(template, line, today)
        if verdict is None and line.operation and key in operations:
            verdict = Verdict(LineState.BAD, "twice_in_file", line.operation)
        if verdict is None and key in before:
            verdict = Verdict(LineState.REPEATED, "imported_before", line.operation)
        operations.add(key)
        judged.append((line, verdict or _identified(template, line, accounts, rules)))
    if not credit:
        return judged
    numbers: set[_Number] = {(operation, account, amount) for operation, account, amount, _day in before if operation}
    return _questioned(file, judged, numbers, today=today, ask_above=ask_above)


def _questioned(
    file: BankFile,
    judged: list[tuple[ParsedLine, Verdict]],
    numbers: set[_Number],
    *,
    today: dt.date,
    ask_above: Decimal,
) -> list[tuple[ParsedLine, Verdict]]:
    """The same, with lines that must be decided before they are credited, and remarks on those that need not.

    `numbers` are operations, accounts and sums imported before: the same ones of another day are asked about.
    """
    payments = [_new_payment(line, verdict) for line, verdict in judged]
    lookup = Repeats(file, [payment for payment in payments if payment is not None])
    questioned = []
    for (line, verdict), payment in zip(judged, payments, strict=True):
        if payment is not None:
            repeat = lookup.find(payment)
            if not repeat[0] and (line.operation, line.account_text, line.amount) in numbers:
                repeat = ("number_again", line.operation)
            code, detail = _question(line, verdict, repeat, today=today, ask_above=ask_above)
            if code:
                verdict = replace(verdict, state=LineState.ASKED, problem=code, detail=detail)
            elif line.remark and not verdict.problem:
                verdict = replace(verdict, problem=line.remark, detail=line.remark_detail)
        questioned.append((line, verdict))
    return questioned


def _new_payment(line: ParsedLine, verdict: Verdict) -> NewPayment | None:
    """The payment of a line that may be credited; None when it will not be."""
    if verdict.state not in ASKABLE or line.amount is None or line.paid_on is None:
        return None
    return NewPayment(line.operation, verdict.account_id, line.account_text, line.payer, line.amount, line.paid_on)


def _question(
    line: ParsedLine, verdict: Verdict, repeat: tuple[str, str], *, today: dt.date, ask_above: Decimal
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


def _fault(template: "BankFileTemplate", line: ParsedLine, today: dt.date) -> Verdict | None:
    if line.problem:
        return Verdict(LineState.BAD, line.problem, line.detail)
    if line.amount is None or line.paid_on is None:
        return Verdict(LineState.BAD, "no_sum" if line.amount is None else "no_date")
    if line.paid_on > today:
        return Verdict(LineState.BAD, "future", f"{line.paid_on:%d.%m.%Y}")
    if line.amount == 0:
        return Verdict(LineState.BAD, "zero")
    if line.amount < 0:
        if template.negative == NegativeSums.CORRECTION:
            return Verdict(LineState.UNKNOWN, "negative", str(line.amount))
        return Verdict(LineState.BAD, "negative", str(line.amount))
    return None


def _identified(
    template: "BankFileTemplate",
    line: ParsedLine,
    accounts: dict[str, int],
    rules: dict[tuple[str, str], IdentificationRule],
) -> Verdict:
    if template.purpose == Purpose.COMPARE:
        return Verdict(LineState.READY)
    account_id = accounts.get(line.account_text)
    if account_id is not None:
        return Verdict(LineState.READY, account_id=account_id)
    rule = rules.get((RuleKind.ACCOUNT_TEXT, normalised(line.account_text))) if line.account_text else None
    rule = rule or rules.get((RuleKind.PAYER, payer_key(line)))
    if rule is None:
        return Verdict(LineState.UNKNOWN, "unknown_account", line.account_text)
    if rule.account_id is None:
        return Verdict(LineState.DISMISSED, note=f"rule:{rule.pk}")
    return Verdict(LineState.READY, account_id=rule.account_id, note=f"rule:{rule.pk}")


def _accounts_by_text(texts: set[str]) -> dict[str, int]:
    """Accounts by number as written; lost leading zeros are forgiven where one account alone fits."""
    if not texts:
        return {}
    accounts = _accounts_of(texts)
    spellings = {text: number_spellings(text) for text in texts - accounts.keys()}
    others = _accounts_of({spelling for written in spellings.values() for spelling in written})
    for text, written in spellings.items():
        fitting = {others[spelling] for spelling in written if spelling in others}
        if len(fitting) == 1:
            accounts[text] = fitting.pop()
    return accounts


def _accounts_of(numbers: set[str]) -> dict[str, int]:
    accounts: dict[str, int] = {}
    for part in batches(sorted(numbers), PARAMETERS):
        accounts.update(Account.objects.filter(number__in=part).values_list("number", "pk"))
    return accounts


def _rules(lines: Sequence[ParsedLine]) -> dict[tuple[str, str], IdentificationRule]:
    texts = {normalised(line.account_text) for line in lines if line.account_text} | {payer_key(line) for line in lines}
    texts.discard("")
    rules = {}
    for part in batches(sorted(texts), PARAMETERS):
        for rule in IdentificationRule.objects.filter(text__in=part):
            rules[rule.kind, rule.text] = rule
    return rules


def _imported_before(lines: Sequence[ParsedLine]) -> set[_Operation]:
    done = (LineState.CREDITED, LineState.DISMISSED, LineState.UNKNOWN, LineState.ASKED)
    return _operations(BankFileLine.objects.filter(state__in=done, file__state=FileState.IMPORTED), lines)


def _operations(stored: "QuerySet[BankFileLine]", lines: Sequence[ParsedLine]) -> set[_Operation]:
    """Return those of the lines' operations that stand in the stored lines: asked by the chunk, so that memory stays
    flat.
    """
    operations: set[_Operation] = set()
    for part in batches(sorted({line.operation for line in lines if line.operation}), PARAMETERS):
        rows = stored.filter(operation__in=part)
        operations.update(rows.values_list("operation", "account_text", "amount", "paid_on"))
    return operations
