"""Finding the headings of a table: under a title, over one row or two, the same name twice."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_SPACES = re.compile(r"[\s\u00a0\u202f\ufeff]+")


def normal(heading: object) -> str:
    """A heading without case, «ё», extra spaces and full stops."""
    text = _SPACES.sub(" ", str(heading or "")).strip().lower().replace("ё", "е")
    return text.rstrip(".:")


def shown(cell: object) -> str:
    """A cell of a heading as one line of text."""
    return _SPACES.sub(" ", str(cell)).strip() if cell is not None else ""


@dataclass(frozen=True, slots=True)
class Known:
    """The headings that an import knows: normal heading → name of the column and the heading's place of preference."""

    names: Mapping[str, tuple[str, int]]
    required: frozenset[str]

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[str]], required: Sequence[str]) -> "Known":
        """From name → headings, the preferred heading first."""
        names = {
            normal(heading): (name, place)
            for name, headings in columns.items()
            for place, heading in enumerate(headings)
        }
        return cls(names, frozenset(required))


@dataclass(slots=True)
class Heading:
    """Position of each column; `texts` are the headings as written, column by column."""

    texts: list[str]
    places: dict[str, list[int]] = field(default_factory=dict)
    """Name of the column → its places, the preferred heading first."""
    rows: int = 1

    @property
    def width(self) -> int:
        """Columns up to the last one with a heading."""
        return max((place + 1 for place, text in enumerate(self.texts) if text), default=0)

    def unused(self) -> list[str]:
        """Headings that no column of the import is known by."""
        used = {place for places in self.places.values() for place in places}
        return [text for place, text in enumerate(self.texts) if text and place not in used]

    def doubled(self, name: str) -> bool:
        """Whether the very same heading stands twice for a column."""
        written = [normal(self.texts[place]) for place in self.places.get(name, ())]
        return len(written) != len(set(written))


def heading_of(cells: Sequence[object], above: Sequence[object], known: Known) -> Heading | None:
    """The heading whose last row is `cells`, alone or together with the row above it; None when it is no heading.

    A heading of two merged rows has some of its names in the upper row alone: they are taken from there.
    """
    below = [shown(cell) for cell in cells]
    own = _placed(below, known)
    upper = [shown(cell) for cell in above]
    both = [_joined(text, upper[place] if place < len(upper) else "", known) for place, text in enumerate(below)]
    both += upper[len(below) :]
    merged = _placed(both, known)
    if not own or not known.required <= merged.keys():
        return None
    return Heading(both, merged, rows=2) if merged.keys() > own.keys() else Heading(below, own)


def complete(heading: Heading, cells: Sequence[object], known: Known) -> Heading | None:
    """The heading with what a second row adds to it; None when `cells` are not its second row but data."""
    texts = [shown(cell) for cell in cells]
    if not any(texts) or any(text and text[:1].isdigit() for text in texts):
        return None
    both = [
        _joined(text, heading.texts[place] if place < len(heading.texts) else "", known)
        for place, text in enumerate(texts)
    ] + heading.texts[len(texts) :]
    merged = _placed(both, known)
    return Heading(both, merged, rows=2) if merged.keys() - heading.places.keys() else None


def recognised(cells: Sequence[object], known: Known) -> list[str]:
    """Names of columns that a row's cells are headings of."""
    return list(_placed([shown(cell) for cell in cells], known))


def _joined(below: str, above: str, known: Known) -> str:
    """The text of a column whose heading stands in two rows: whichever is known, or both."""
    if not below or not above:
        return below or above
    whole = f"{above} {below}"
    return next((text for text in (whole, below, above) if normal(text) in known.names), whole)


def _placed(texts: Sequence[str], known: Known) -> dict[str, list[int]]:
    places_by_name: dict[str, list[tuple[int, int]]] = {}
    for place, text in enumerate(texts):
        name, preference = known.names.get(normal(text), ("", 0))
        if name:
            places_by_name.setdefault(name, []).append((preference, place))
    return {name: [place for _, place in sorted(places)] for name, places in places_by_name.items()}
