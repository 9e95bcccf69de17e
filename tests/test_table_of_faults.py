"""docs/faults.md answers every numbered fault by tests and a control, and each test that it names exists."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NUMBERS = range(1, 31)
NAME = re.compile(r"`(?:(?P<file>[\w/]+\.py)(?:::)?)?(?P<test>test_\w+)?(?:\[[^`]*)?`")
TABLES = (ROOT / "docs" / "faults.md").read_text().split("\n## ")


@cache
def names_in(file: str) -> frozenset[str]:
    """Names of the tests of a file."""
    return frozenset(re.findall(r"^def (test_\w+)", (ROOT / file).read_text(), re.MULTILINE))


def rows(table: str) -> list[list[str]]:
    """Cells of the rows of a table, without its head."""
    lines = [line for line in table.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in lines]


def missing(cells: list[str]) -> list[str]:
    """What the cells of a row name and is not there. A bare name belongs to a file that is named before it."""
    wrong, files = [], [""]
    for match in NAME.finditer(" ".join(cells)):
        file, test = match["file"], match["test"]
        if file is not None and "/" not in file:
            file = str(next((ROOT / "tests").rglob(file)).relative_to(ROOT))
        if file is not None and not (ROOT / file).is_file():
            wrong.append(file)
            continue
        files += [file] if file else []
        places = [file] if file else files[1:]
        if test is not None and not test.endswith("_") and not any(test in names_in(place) for place in places):
            wrong.append(f"{files[-1]}::{test}")
    return wrong


def test_each_number_has_tests_and_a_control() -> None:
    numbered = rows(TABLES[1])
    assert [int(cells[0]) for cells in numbered] == list(NUMBERS)
    for number, _fault, _survived, tests, control in numbered:
        assert "`tests/" in tests, number
        assert "`tests/" in control or control.startswith("the same"), number


@pytest.mark.parametrize("table", TABLES[1:], ids=lambda table: table.partition("\n")[0])
def test_each_test_that_is_named_exists(table: str) -> None:
    assert len(rows(table)) > 5
    assert [name for cells in rows(table) for name in missing(cells)] == []


def test_the_control_a_test_that_is_not_there_is_found() -> None:
    assert missing(["`tests/security/test_sessions.py::test_nothing`, `test_nothing_else`"]) == [
        "tests/security/test_sessions.py::test_nothing",
        "tests/security/test_sessions.py::test_nothing_else",
    ]
