"""Whose mailbox an address is: spellings that reach the same person count as one."""

import unicodedata

DOTS_MEAN_NOTHING = {"gmail.com", "googlemail.com"}
DASHES_ARE_DOTS = {"yandex.ru"}
SAME_DOMAIN = {
    "googlemail.com": "gmail.com",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
    "yandex.by": "yandex.ru",
    "yandex.kz": "yandex.ru",
    "yandex.ua": "yandex.ru",
    "narod.ru": "yandex.ru",
}


def canonical_mailbox(address: str) -> str:
    """One form of an e-mail address: lower case, without `+tag`, by the known providers' rules.

    Only for counting, never for sending. Text without @ (a login) is only folded (NFKC, case).
    """
    text = unicodedata.normalize("NFKC", address).strip().casefold()
    name, at, domain = text.rpartition("@")
    if not at or not name:
        return text
    domain = _ascii(domain.rstrip("."))
    domain = SAME_DOMAIN.get(domain, domain)
    name = name.split("+", 1)[0] or name
    if domain in DOTS_MEAN_NOTHING:
        name = name.replace(".", "")
    elif domain in DASHES_ARE_DOTS:
        name = name.replace("-", ".")
    return f"{name}@{domain}"


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
