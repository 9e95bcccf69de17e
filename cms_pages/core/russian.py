"""Russian word forms: «тарифам», «тарифов» and «тарифы» are one word, on every database alike.

The search index stores the words of pages in dictionary form; a query is brought to the same form.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from pymorphy3 import MorphAnalyzer

_WORD = re.compile(r"[0-9A-Za-zА-Яа-яЁё]+(?:-[0-9A-Za-zА-Яа-яЁё]+)*")
_SERVICE_WORDS = frozenset({"PREP", "CONJ", "PRCL", "INTJ"})
_LONGEST_TEXT = 200_000


@dataclass(frozen=True, slots=True)
class SnippetPart:
    """A part of a snippet; `hit` when it is a word that was searched for."""

    text: str
    hit: bool


@cache
def _analyzer() -> MorphAnalyzer:
    return MorphAnalyzer()


@lru_cache(maxsize=50_000)
def normal_form(word: str) -> str:
    """The dictionary form of a word, in small letters, ё as е; a number or a Latin word as it is."""
    small = word.lower()
    if not re.search("[а-яё]", small):
        return small
    return _analyzer().parse(small)[0].normal_form.replace("ё", "е")


@lru_cache(maxsize=10_000)
def _carries_meaning(word: str) -> bool:
    parsed = _analyzer().parse(word.lower())[0]
    return str(parsed.tag.POS) not in _SERVICE_WORDS


def normal_words(text: str) -> list[str]:
    """The words of a text in dictionary form, in order; prepositions, conjunctions and particles left out."""
    words = _WORD.findall(text[:_LONGEST_TEXT])
    return [normal_form(word) for word in words if _carries_meaning(word)]


def normal_text(text: str) -> str:
    """The words of a text in dictionary form, as one line for a search index."""
    return " ".join(normal_words(text))


def snippet(text: str, query: str, *, length: int = 240) -> list[SnippetPart]:
    """The part of a text around the first word searched for, in parts, with every hit marked.

    With no hit, the beginning of the text.
    """
    wanted = set(normal_words(query))
    flat = " ".join(text.split())
    hits = [m for m in _WORD.finditer(flat) if normal_form(m.group()) in wanted]
    first = hits[0].start() if hits else 0
    start = 0 if first <= length // 2 else flat.rfind(" ", 0, first - length // 3) + 1
    end = min(len(flat), start + length)
    if end < len(flat):
        end = max(flat.rfind(" ", start, end), start + 1)
    parts: list[SnippetPart] = [SnippetPart("… ", hit=False)] if start else []
    position = start
    for match in hits:
        if match.start() < start or match.end() > end:
            continue
        parts += [SnippetPart(flat[position : match.start()], hit=False), SnippetPart(match.group(), hit=True)]
        position = match.end()
    parts.append(SnippetPart(flat[position:end] + (" …" if end < len(flat) else ""), hit=False))
    return [part for part in parts if part.text]
