"""Which houses a typed list means: «1–15 нечётные, 20, 7А». Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class HousesNotUnderstood(ValueError):
    """A part of the list cannot be read; `part` is that part."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


class StreetSide(Enum):
    """Which numbers of a range count."""

    ALL = "all"
    ODD = "odd"
    EVEN = "even"


@dataclass(frozen=True, slots=True)
class Range:
    """Houses by their leading number, both ends inclusive, corps and letters with them: 7 takes 7А and 7к2."""

    first: int
    last: int
    side: StreetSide = StreetSide.ALL

    def covers(self, number: str, leading: int) -> bool:
        """Whether a house stands in the range."""
        if not self.first <= leading <= self.last:
            return False
        return self.side == StreetSide.ALL or (leading % 2 == 1) == (self.side == StreetSide.ODD)


@dataclass(frozen=True, slots=True)
class Exact:
    """One house as it is written: 7 is not 7А."""

    number: str

    def covers(self, number: str, leading: int) -> bool:
        """Whether it is this house."""
        return plain(number) == self.number


Part = Range | Exact

LAST_NUMBER = 999_999
_RANGE = re.compile(r"(\d{1,6})\s*[-‑–—−]\s*(\d{1,6})\s*(\D*)")
_SIDE = re.compile(r"\D+")
_HOUSE = re.compile(
    r"\d{1,6}\s*[a-zа-яё]?(\s*/\s*\d{1,6}\s*[a-zа-яё]?)?"
    r"(\s*(корпус|корп|[кk]|строение|стр|[сc]|литера|лит)[.\s]*[0-9a-zа-яё]{1,4})*",
    re.IGNORECASE,
)
"""A number with its letter, fraction, corps and building; two numbers without a comma are no house."""
_LATIN = str.maketrans("abcehkmoptxy", "авсенкмортху")
_WORDS = {"неч": StreetSide.ODD, "odd": StreetSide.ODD, "чет": StreetSide.EVEN, "even": StreetSide.EVEN}
"""How the words of a side begin; ё is read as е."""


def plain(number: str) -> str:
    """A house number for comparison: no spaces, one case, Cyrillic for look-alike Latin letters, «к» for корпус."""
    text = number.lower().replace("ё", "е").translate(_LATIN)
    text = re.sub(r"корпус|корп", "к", text)
    text = re.sub(r"строение|стр", "с", text)
    text = re.sub(r"литера|лит", "", text)
    return re.sub(r"[\s.]", "", text)


def parse(text: str) -> list[Part]:
    """The parts of a list separated by commas; an empty text means the whole street. Raises HousesNotUnderstood."""
    return [part for _typed, part in typed_parts(text)]


def typed_parts(text: str) -> list[tuple[str, Part]]:
    """The parts of a list, each with how it was typed. Raises HousesNotUnderstood."""
    texts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    if text.strip() and not texts:
        raise HousesNotUnderstood(text.strip())
    return [(part, _part(part)) for part in texts]


def _part(piece: str) -> Part:
    match = _RANGE.fullmatch(piece)
    if match:
        first, last, side = int(match[1]), int(match[2]), _side(match[3]) if match[3].strip() else StreetSide.ALL
        if side is None or first > last:
            raise HousesNotUnderstood(piece)
        return Range(first, last, side)
    side = _side(piece) if _SIDE.fullmatch(piece) else None
    if side is not None:
        return Range(1, LAST_NUMBER, side)
    if not _HOUSE.fullmatch(piece):
        raise HousesNotUnderstood(piece)
    return Exact(plain(piece))


def _side(text: str) -> StreetSide | None:
    """«нечётные», «(чётная сторона)»; None for other words."""
    plain_text = text.strip(" ()").lower().replace("ё", "е")
    return next((side for start, side in _WORDS.items() if plain_text.startswith(start)), None)


def covers(parts: Sequence[Part], number: str, leading: int) -> bool:
    """Whether a house belongs to a list; every house belongs to the empty one."""
    return not parts or any(part.covers(number, leading) for part in parts)
