"""Personal data and secrets cut out of technical texts: of log lines, and of error reports that leave the machine.

Our own messages are English and carry no personal data. What comes from outside does: a database names the value that
it refused, a parser the text that it could not read, an address what was searched. Names and addresses of residents
are Cyrillic, so Cyrillic words are cut; the rest has a form that can be recognised.
"""

import re

QUERY = re.compile(r"(?<=[^\s?])\?[^\s\"']+")
API_ACCOUNT = re.compile(r"(/api/v1/accounts/)[^/\s\"']+")
_WORD = "[а-яёА-ЯЁ]+"
_WORD_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Cyrillic words, and the punctuation and house numbers between them; also percent-encoded.
    (re.compile(rf"{_WORD}(?:[ .,\-/№«»\"]+(?:{_WORD}|\d{{1,4}}(?:{_WORD})?\b))*"), "<text>"),
    (re.compile(r"(?:%D[01]%[0-9A-F]{2}|%20|\+)*%D[01]%[0-9A-F]{2}(?:%[0-9A-F]{2})*", re.IGNORECASE), "<text>"),
)
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # PostgreSQL: «Key (email)=(a@mail.example) already exists.», «Failing row contains (…).»
    (re.compile(r"\)=\(.*?\)(?= )"), ")=<value>"),
    (re.compile(r"(Failing row contains )\(.*\)"), r"\1<value>"),
    (re.compile(r"[\w.+%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"), "<email>"),
    # Seven digits or more in a row (accounts, cards), phones and cards as people write them.
    (
        re.compile(
            r"(?<![\w.+-])(?:\+?\d{7,}|(?:\+?[78])?[ (-]{0,2}\d{3}[ )-]{1,2}\d{3}[ -]?\d{2}[ -]?\d{2}"
            r"|\d{3}-\d{2}-\d{2}|\d{4}(?:[ -]\d{4}){3})(?!\w)"
        ),
        "<number>",
    ),
    # Keys of sessions, tokens of letters, passwords of URLs: long, of letters and digits.
    (re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{24,}(?:[:.][\w-]{6,})*"), "<token>"),
    (re.compile(r"(://[^\s:/@]*:)[^\s@/]+@"), r"\1<password>@"),
)


def without_query(text: str) -> str:
    """`/admin/person/?q=Ivanov` as `/admin/person/`; the API's paths without account numbers."""
    return API_ACCOUNT.sub(r"\1-", QUERY.sub("", text))


def redacted(text: str, *, free_text: bool = True) -> str:
    """The text without queries of addresses, e-mails, phones, long numbers, tokens and, with `free_text`, Cyrillic."""
    text = without_query(text)
    for pattern, replacement in (*_RULES, *_WORD_RULES) if free_text else _RULES:
        text = pattern.sub(replacement, text)
    return text
