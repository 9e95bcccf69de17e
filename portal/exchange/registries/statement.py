"""1CClientBankExchange: what came to our account, with the resident's account found in the purpose of payment.

Unknown attributes are passed over; a file without its end is cut and refused; turnovers that do not tie are a warning.
"""

import re
from collections.abc import Iterator

from portal.core.money import ZERO
from portal.exchange.registries.lines import line_of
from portal.exchange.registries.text import numbered_lines
from portal.exchange.registries.totals import Totals
from portal.exchange.registries.values import parse_sum
from portal.payments.exceptions import RegistryRefused
from portal.payments.models import RegistryTemplate
from portal.payments.services.registries import ParsedLine

FIRST, LAST = "1CClientBankExchange", "КонецФайла"


def read_statement(
    *, template: RegistryTemplate, text: str, our_account: str, warnings: list[str]
) -> Iterator[ParsedLine]:
    """Every payment that came in. Raises RegistryRefused: other_layout, cut, other_account, empty."""
    _require_statement(text)
    pattern = _account_pattern(template)
    totals, told = Totals(), ZERO
    document: dict[str, str] | None = None
    first = 0
    ended = False
    for number, raw in numbered_lines(text):
        line = raw.strip()
        name, _, value = line.partition("=")
        if line == LAST:
            ended = True
        elif name == "СекцияДокумент":
            document, first = {"вид": value}, number
        elif line == "КонецДокумента" and document is not None:
            if _came_in(document, our_account):
                parsed = _line(template, pattern, document, first)
                totals.add(parsed)
                yield parsed
            document = None
        elif document is not None:
            document[name.lower()] = value
        elif name == "РасчСчет":
            _require_ours(value, our_account)
        elif name == "ВсегоПоступило":
            told += parse_sum(value, decimal_sign=template.decimal_sign) or ZERO
    if not ended:
        raise RegistryRefused("cut")
    if told and told != totals.amount:
        warnings.append(f"turnover {told} / {totals.amount}")


def _require_statement(text: str) -> None:
    if not text.strip():
        raise RegistryRefused("empty")
    first_line = next(numbered_lines(text))[1].strip()
    if first_line.lstrip("\ufeff") != FIRST:
        raise RegistryRefused("other_layout", first_line[:120])


def _require_ours(account: str, ours: str) -> None:
    if account and ours and not _same(account, ours):
        raise RegistryRefused("other_account", account[-4:])


def _same(one: str, other: str) -> bool:
    """Two accounts, either of which may be masked."""
    return len(one) == len(other) and all(
        a == b or not a.isdigit() or not b.isdigit() for a, b in zip(one, other, strict=True)
    )


def _came_in(document: dict[str, str], our_account: str) -> bool:
    """Whether a document is money to us: by the accounts, or, where they are masked, by the date that stands."""
    payee = document.get("получательсчет") or document.get("получательрасчсчет", "")
    if payee.isdigit() and our_account:
        return payee == our_account
    return bool(document.get("датапоступило")) and not document.get("датасписано")


def _line(
    template: RegistryTemplate, pattern: re.Pattern[str] | None, document: dict[str, str], number: int
) -> ParsedLine:
    purpose = document.get("назначениеплатежа", "")
    found = pattern.search(purpose) if pattern is not None else None
    payer = document.get("плательщик1") or document.get("плательщик", "")
    cells = {
        "amount": document.get("сумма", ""),
        "date": document.get("датапоступило") or document.get("дата", ""),
        "operation": "/".join(
            (document.get("номер", ""), document.get("дата", ""), document.get("плательщиксчет", "")[-6:])
        ),
        "payer": payer,
        "address": document.get("плательщикинн", ""),
        "purpose": purpose,
        "account": found[1] if found is not None else "",
    }
    return line_of(template=template, number=number, raw=f"{payer}: {purpose}", cells=cells)


def _account_pattern(template: RegistryTemplate) -> re.Pattern[str] | None:
    words = [re.escape(word.strip()) for word in template.account_pattern.split("|") if word.strip()]
    if not words:
        return None
    return re.compile(rf"(?:{'|'.join(words)})[^0-9]{{0,10}}([0-9][0-9-]{{3,19}})", re.IGNORECASE)
