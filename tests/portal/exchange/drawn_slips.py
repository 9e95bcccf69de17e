"""Slips of the finger drawn at random over texts and rows: the same seed draws the same slips."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction

Slip = Callable[[random.Random, str], str]
SLIPS = int(os.environ.get("SLIPS", "300"))
SEED = int(os.environ.get("SLIPS_SEED", "14"))
# Of 300 slips: files take many at once, a form takes one a request.
SHARES = {
    "readings": 110,
    "accounts": 30,
    "registry": 35,
    "table": 35,
    "resident": 20,
    "employee": 20,
    "money": 15,
    "numbers": 28,
    "tariff": 7,
}


def share(name: str) -> int:
    """How many slips a test draws."""
    return max(1, SLIPS * SHARES[name] // sum(SHARES.values()))


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def digit_added(dice: random.Random, text: str) -> str:
    """A digit typed twice, or one too many."""
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    if not places:
        return text + dice.choice("123456789")
    place = dice.choice(places)
    return text[:place] + dice.choice("123456789") + text[place:]


def digit_lost(dice: random.Random, text: str) -> str:
    """A key that was not pressed."""
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    place = dice.choice(places) if len(places) > 1 else -1
    return text if place < 0 else text[:place] + text[place + 1 :]


def neighbours_swapped(dice: random.Random, text: str) -> str:
    """Two keys in the wrong order."""
    if len(text) < 2:
        return text
    place = dice.randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def comma_lost(_dice: random.Random, text: str) -> str:
    """The decimal sign was not pressed."""
    return text.replace(",", "", 1) if "," in text else text.replace(".", "", 1)


def comma_moved(dice: random.Random, text: str) -> str:
    """The decimal sign at another place."""
    digits = text.replace(",", "")
    place = dice.randrange(len(digits) + 1)
    return digits[:place] + "," + digits[place:] if "," in text else text


def zeros_lost(_dice: random.Random, text: str) -> str:
    """A spreadsheet took a number for a number."""
    return text.lstrip("0") or text


def zeros_added(dice: random.Random, text: str) -> str:
    """Zeros at the end."""
    return text + "0" * dice.randint(1, 9)


def day_and_month_swapped(_dice: random.Random, text: str) -> str:
    """12.11.2026 as 11.12.2026."""
    parts = text.split(".")
    return ".".join([parts[1], parts[0], *parts[2:]]) if len(parts) > 2 else text


def year_mistyped(dice: random.Random, text: str) -> str:
    """Another year at the end of a date."""
    return text[:-4] + dice.choice(["1926", "1995", "0026", "2062", "2206", "2016"]) if text.count(".") == 2 else text


def letters_for_digits(dice: random.Random, text: str) -> str:
    """О for 0, З for 3: Russian letters that look like digits."""
    letters = [(digit, letter) for digit, letter in (("0", "О"), ("3", "З"), ("1", "l")) if digit in text]
    return text.replace(*dice.choice(letters), 1) if letters else text


CELL_SLIPS: list[Slip] = [
    digit_added,
    digit_lost,
    neighbours_swapped,
    comma_lost,
    comma_moved,
    zeros_lost,
    zeros_added,
    day_and_month_swapped,
    year_mistyped,
    letters_for_digits,
]


def slipped(dice: random.Random, text: str) -> str:
    """A text after a slip that changes it."""
    for slip in dice.sample(CELL_SLIPS, len(CELL_SLIPS)):
        changed = slip(dice, text)
        if changed != text:
            return changed
    return text + "1"


def slipped_row(dice: random.Random, row: list[str]) -> list[list[str]]:
    """What becomes of a row of a table: a cell mistyped, shifted, lost, parted at its comma; or the row twice."""
    kind = dice.choice(["cell"] * 6 + ["shifted", "lost", "parted", "twice"])
    place = dice.randrange(len(row))
    if kind == "shifted":
        return [[*row[:place], "", *row[place:]]]
    if kind == "lost":
        return [[*row[:place], *row[place + 1 :]]]
    if kind == "parted":
        return [",".join(row).split(",")]
    if kind == "twice":
        return [row, [*row]]
    return [[*row[:place], slipped(dice, row[place]), *row[place + 1 :]]]
