"""Bytes to text. The declared encoding and a BOM are hints: banks' files lie about both."""

import re
from collections.abc import Iterator, Sequence

from portal.payments.enums import Encoding
from portal.payments.exceptions import BankFileRefused

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SINGLE_BYTE: Sequence[str] = ("cp1251", "cp866", "koi8-r")
_FREQUENT = frozenset("оеаинтсрвлкмдпуя")
_RUSSIAN = re.compile(r"[А-Яа-яЁё]")
_LINE_END = re.compile(r"\r\n|\n|\r")
_SAMPLE = 200_000


def decoded(data: bytes, declared: str) -> str:
    """The text of a file: UTF-8 where it is UTF-8, else the single-byte encoding whose letters look Russian.

    The declared encoding wins only between readings that look alike. Raises BankFileRefused: encoding (also for a NUL,
    which no database takes).
    """
    text = _decoded(data, declared)
    if "\x00" in text:
        raise BankFileRefused("encoding", "NUL")
    return text


def _decoded(data: bytes, declared: str) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                data = data[len(mark) :]
    if b"\x00" in data[:_SAMPLE]:
        raise BankFileRefused("encoding", "NUL")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    wanted = declared if declared in _SINGLE_BYTE else ""
    order = sorted(_SINGLE_BYTE, key=lambda name: (-_likeness(data[:_SAMPLE], name), name != wanted))
    for encoding in order:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BankFileRefused("encoding", declared or str(Encoding.AUTO))


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text from 1 on, one at a time: a list of them would take twice the file."""
    number = start = 0
    for end in _LINE_END.finditer(text):
        number += 1
        yield number, text[start : end.start()]
        start = end.end()
    if start < len(text):
        yield number + 1, text[start:]


def _likeness(data: bytes, encoding: str) -> float:
    """Return how much of a text looks like Russian: frequent letters, and words that do not change case inside."""
    text = data.decode(encoding, errors="replace")
    letters = _RUSSIAN.findall(text)
    strange = sum(ord(character) > 127 for character in text)
    if not strange:
        return 0.0
    frequent = sum(letter.lower() in _FREQUENT for letter in letters)
    broken = len(re.findall(r"[а-яё][А-ЯЁ]", text))
    return round((2 * frequent + len(letters) - 3 * broken) / (3 * strange), 2)
