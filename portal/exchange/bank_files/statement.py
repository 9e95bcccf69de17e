"""1CClientBankExchange: what came to our account, with the resident's account found in the purpose of payment.

Unknown attributes are passed over; a file without its end is cut and refused; turnovers that do not tie are a warning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from portal.core.money import ZERO
from portal.exchange.bank_files.lines import bad_line, line_of
from portal.exchange.bank_files.text import numbered_lines
from portal.exchange.bank_files.totals import FileTotals
from portal.exchange.bank_files.values import parse_date, parse_sum
from portal.payments.exceptions import BankFileRefused
from portal.payments.models import BankFileTemplate
from portal.payments.services.bank_files import ParsedLine

FIRST, LAST = "1CClientBankExchange", "КонецФайла"
FEW_LETTERS, MANY_LETTERS = 4, 5  # shorter words have no endings to change; longer ones lose theirs


@dataclass(slots=True)
class _Accounts:
    """Whose statement it is: our account of the settings, and all that the statement is about."""

    ours: str
    listed: list[str] = field(default_factory=list)

    def require_ours(self, warnings: list[str]) -> None:
        """Raise BankFileRefused("other_account") when none of the statement's accounts is ours."""
        if not self.ours or not self.listed:
            return
        others = [number for number in self.listed if not _same(number, self.ours)]
        if len(others) == len(self.listed):
            raise BankFileRefused("other_account", others[0][-4:])
        if others and "accounts" not in {warning.partition("|")[0] for warning in warnings}:
            warnings.append(f"accounts|{', '.join(number[-4:] for number in others)}")

    def came_in(self, document: dict[str, str]) -> bool:
        """Whether a document is money to us: by the accounts, or, where they are masked, by the date that stands."""
        payee = document.get("получательсчет") or document.get("получательрасчсчет", "")
        accounts = [number for number in (self.ours, *self.listed) if number.isdigit()]
        if payee.isdigit() and accounts:
            return payee in accounts
        return bool(document.get("датапоступило")) and not document.get("датасписано")


def read_statement(
    *, template: BankFileTemplate, text: str, our_account: str, warnings: list[str]
) -> Iterator[ParsedLine]:
    """Every payment that came in, to any of the statement's accounts if one of them is ours.

    A document without its end is a bad line. Raises BankFileRefused: other_layout, cut, other_account, empty,
    after_total (something that is no empty line after the end of the file).
    """
    _require_statement(text)
    pattern = _account_pattern(template)
    accounts = _Accounts(our_account)
    totals, stated = FileTotals(), ZERO
    document: dict[str, str] | None = None
    first = 0
    ended = False
    for number, raw in numbered_lines(text):
        line = raw.strip()
        name, _, value = line.partition("=")
        if ended and line.strip("\x1a"):
            raise BankFileRefused("after_total", str(number))
        if line == LAST or name == "СекцияДокумент":
            accounts.require_ours(warnings)
            if document is not None:
                yield bad_line(number=first, raw=_described(document), problem="document_open", detail=str(first))
            ended, first = line == LAST, number
            document = None if ended else {"вид": value}
        elif line == "КонецДокумента" and document is not None:
            if accounts.came_in(document):
                parsed = _line(template, pattern, document, first)
                totals.add(parsed)
                yield parsed
            document = None
        elif document is not None:
            document[name.lower()] = value
        elif name == "РасчСчет" and value and value not in accounts.listed:
            accounts.listed.append(value)
        elif name == "ВсегоПоступило":
            stated += parse_sum(value, decimal_sign=template.decimal_sign) or ZERO
    if not ended:
        raise BankFileRefused("cut")
    if stated and stated != totals.amount:
        warnings.append(f"turnover|{stated} / {totals.amount}")


def _require_statement(text: str) -> None:
    if not text.strip():
        raise BankFileRefused("empty")
    first_line = next(numbered_lines(text))[1].strip()
    if first_line.lstrip("\ufeff") != FIRST:
        raise BankFileRefused("other_layout", first_line[:120])


def _same(number: str, other: str) -> bool:
    """Two accounts, either of which may be masked."""
    return len(number) == len(other) and all(
        a == b or not a.isdigit() or not b.isdigit() for a, b in zip(number, other, strict=True)
    )


def _purpose(document: dict[str, str]) -> str:
    """Return what the payment is for: the whole text, or the lines that it is cut into."""
    parts = [document.get(f"назначениеплатежа{number}", "") for number in range(1, 10)]
    return document.get("назначениеплатежа") or " ".join(part for part in parts if part)


def _described(document: dict[str, str]) -> str:
    return f"{document.get('номер', '')} {document.get('сумма', '')} {_purpose(document)}".strip()


def _line(
    template: BankFileTemplate, pattern: re.Pattern[str] | None, document: dict[str, str], number: int
) -> ParsedLine:
    purpose = _purpose(document)
    accounts = list(dict.fromkeys(pattern.findall(purpose))) if pattern is not None else []
    payer = document.get("плательщик1") or document.get("плательщик", "")
    cells = {
        "amount": document.get("сумма", ""),
        "date": document.get("датапоступило") or document.get("дата", ""),
        "operation": "/".join(
            (document["номер"].lstrip("0"), document.get("дата", ""), document.get("плательщиксчет", "")[-6:])
        )
        if document.get("номер")
        else "",
        "payer": payer,
        "address": document.get("плательщикинн", ""),
        "purpose": purpose,
        "account": accounts[0] if accounts else "",
    }
    line = line_of(template=template, number=number, raw=f"{payer}: {purpose}", cells=cells)
    if len({account.lstrip("0") for account in accounts}) > 1:
        return replace(line, question="two_accounts", question_detail=", ".join(accounts))
    drawn = parse_date(document.get("дата", ""), formats=template.date_format)
    if drawn is not None and line.paid_on is not None and line.paid_on < drawn:
        return replace(line, question="before_document", question_detail=f"{line.paid_on:%d.%m.%Y} / {drawn:%d.%m.%Y}")
    return line


def _account_pattern(template: BankFileTemplate) -> re.Pattern[str] | None:
    alternatives = [_any_ending(word) for word in template.account_pattern.split("|") if word.strip()]
    if not alternatives:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})[^0-9]{{0,10}}([0-9][0-9-]{{3,19}})", re.IGNORECASE)


def _any_ending(phrase: str) -> str:
    """A pattern of words that takes their other endings: «лицевой счет» also as «лицевому счёту», «лиц.счет»."""
    parts = []
    for part in re.findall(r"\w+|[^\w\s]", phrase):
        stem = part[:-2] if len(part) > MANY_LETTERS else part
        ending = r"\w{0,3}" if len(part) >= FEW_LETTERS else ""
        parts.append(re.sub("[её]", "[её]", re.escape(stem).lower()) + ending)
    return r"\.?\s*".join(parts)
