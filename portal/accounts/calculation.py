"""Pure rules: numbering schemes, fields of the contract, one-time passwords' alphabet, identities."""

import re
import string
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

CONTRACT_FIELDS = (
    "contract_number",
    "signed_on",
    "company",
    "company_address",
    "company_inn",
    "company_kpp",
    "company_bank",
    "full_name",
    "phone",
    "email",
    "postal_address",
    "account_number",
    "address",
    "area",
    "registered",
    "services",
    "meters",
)
NUMBER_LENGTHS = range(4, 21)
"""Of account numbers."""
_SEQUENCE = re.compile(r"\{n(?::0(\d{1,2}))?\}")
PASSWORD_LETTERS = "abcdefghkmnpqrstuvwxyz"  # noqa: S105  # the alphabet, without letters that look alike
PASSWORD_DIGITS = "23456789"  # noqa: S105


def scheme_is_right(scheme: str) -> bool:
    """Whether a numbering scheme has exactly one {n} or {n:0W}, and besides it only {year} and plain text."""
    literals = _SEQUENCE.sub("", scheme).replace("{year}", "")
    return len(_SEQUENCE.findall(scheme)) == 1 and "{" not in literals and "}" not in literals


def next_number(scheme: str, *, existing: Iterable[str], year: int) -> str:
    """The number after the largest taken one that fits the scheme; the first is 1."""
    pattern = re.escape(scheme.replace("{year}", str(year)))
    pattern = re.sub(r"\\\{n(?::0\d{1,2})?\\\}", r"(\\d+)", pattern)
    numbers = [int(match.group(1)) for number in existing if (match := re.fullmatch(pattern, number))]
    return format_number(scheme, max(numbers, default=0) + 1, year=year)


def format_number(scheme: str, n: int, *, year: int) -> str:
    """A number of the scheme: {n:07}, 12 → 0000012."""

    def sequence(match: re.Match[str]) -> str:
        return str(n).zfill(int(match.group(1) or 0))

    return _SEQUENCE.sub(sequence, scheme.replace("{year}", str(year)))


def number_spellings(number: str) -> set[str]:
    """All account numbers that differ from one in leading zeros only, the number itself among them."""
    return {number, *(number.lstrip("0").zfill(width) for width in NUMBER_LENGTHS)}


def unknown_fields(template: str) -> list[str]:
    """Names in braces that a contract does not have, in order; a lone brace is named as such.

    A name with a format («{area:>999999999}») or a conversion is unknown: it could fill the memory.
    """
    try:
        parts = [part[1:] for part in string.Formatter().parse(template) if part[1] is not None]
    except ValueError:
        return ["{"]
    return list(
        dict.fromkeys(
            f"{name}:{spec}" if spec else str(name)
            for name, spec, conversion in parts
            if name not in CONTRACT_FIELDS or spec or conversion
        )
    )


def journal_identity(typed: str, *, template: str) -> str | None:
    """The identity's address for a journal's name or its whole address; None when it fits neither.

    An underscore of a name becomes a hyphen in the host, as LiveJournal does. The scheme of a typed address
    does not matter: the template's is taken.
    """
    name = typed.strip().lower()
    if "/" in name or "." in name:
        expected = re.escape(_without_scheme(template)).replace(re.escape("{name}"), r"(?P<name>[a-z0-9_\-]{1,40})")
        match = re.fullmatch(expected, _without_scheme(name))
        if match is None:
            return None
        name = match["name"]
    if not re.fullmatch(r"[a-z0-9_\-]{1,40}", name):
        return None
    in_host = "{name}" in urlsplit(template).netloc
    return template.replace("{name}", name.replace("_", "-") if in_host else name)


def _without_scheme(address: str) -> str:
    return re.sub(r"\Ahttps?://", "", address).rstrip("/").lower()


def same_identity(identity: str, other: str) -> bool:
    """Whether two identity addresses name one journal: scheme, case and the closing slash do not matter."""
    return _without_scheme(identity) == _without_scheme(other)


def canonical_login(typed: str) -> str:
    """The form in which logins and addresses are compared and counted: NFKC, case folded, without spaces around.

    «ＢＯＳＳ», «boſs» and « Boss » are all «boss».
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold()).strip()
