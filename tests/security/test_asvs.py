"""The table of OWASP ASVS 5.0 answers every requirement, and names only files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "security" / "asvs.md"
# The levels of the requirements of each section of ASVS 5.0.0, in their order: 1.1.1 is of level 2.
LEVELS = {
    "1.1": "22",
    "1.2": "1111122223",
    "1.3": "112222222223",
    "1.4": "222",
    "1.5": "123",
    "2.1": "122",
    "2.2": "112",
    "2.3": "12223",
    "2.4": "23",
    "3.1": "3",
    "3.2": "113",
    "3.3": "12223",
    "3.4": "11222233",
    "3.5": "11122333",
    "3.6": "3",
    "3.7": "22333",
    "4.1": "12233",
    "4.2": "23333",
    "4.3": "22",
    "4.4": "1222",
    "5.1": "2",
    "5.2": "112333",
    "5.3": "113",
    "5.4": "222",
    "6.1": "122",
    "6.2": "111111112222",
    "6.3": "11223333",
    "6.4": "112233",
    "6.5": "22222333",
    "6.6": "2223",
    "6.7": "33",
    "6.8": "2222",
    "7.1": "222",
    "7.2": "1111",
    "7.3": "22",
    "7.4": "11222",
    "7.5": "223",
    "7.6": "22",
    "8.1": "1233",
    "8.2": "1123",
    "8.3": "133",
    "8.4": "23",
    "9.1": "111",
    "9.2": "1222",
    "10.1": "22",
    "10.2": "223",
    "10.3": "22223",
    "10.4": "1111122222233333",
    "10.5": "22222",
    "10.6": "22",
    "10.7": "222",
    "11.1": "2233",
    "11.2": "22233",
    "11.3": "11233",
    "11.4": "1222",
    "11.5": "23",
    "11.6": "23",
    "11.7": "33",
    "12.1": "12233",
    "12.2": "11",
    "12.3": "22223",
    "13.1": "2333",
    "13.2": "222223",
    "13.3": "2233",
    "13.4": "1222233",
    "14.1": "22",
    "14.2": "12223333",
    "14.3": "122",
    "15.1": "12233",
    "15.2": "12233",
    "15.3": "1222222",
    "15.4": "3333",
    "16.1": "2",
    "16.2": "22222",
    "16.3": "2222",
    "16.4": "222",
    "16.5": "2223",
    "17.1": "23",
    "17.2": "22223333",
    "17.3": "22",
}
LEVEL_3 = {"2", "6", "7", "8", "9"}
"""Chapters that are answered up to level 3: money, logins, sessions, rights, tokens."""
VERDICTS = {"met", "partly", "not met", "n/a"}
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (\d) \| (.+?) \| (.+?) \| (.*) \|$", re.MULTILINE)
PATH = re.compile(r"`([\w.@-]+(?:/[\w.@-]+)+|[\w-]+\.(?:md|txt|toml))`")


def required() -> dict[str, str]:
    """Number and level of every requirement that must be answered."""
    numbered = ((f"{section}.{n}", level) for section, levels in LEVELS.items() for n, level in enumerate(levels, 1))
    return {number: level for number, level in numbered if level < "3" or number.split(".")[0] in LEVEL_3}


def rows() -> list[tuple[str, str, str, str, str]]:
    found: list[tuple[str, str, str, str, str]] = ROW.findall(TABLE.read_text(encoding="utf-8"))
    return found


def test_the_levels_are_those_of_the_standard() -> None:
    """Its own sums: 70 requirements of level 1, 183 of level 2, 92 of level 3."""
    digits = "".join(LEVELS.values())
    assert [digits.count(level) for level in "123"] == [70, 183, 92]


def test_every_requirement_has_one_line() -> None:
    numbers = [number for number, *_rest in rows()]
    assert len(numbers) == len(set(numbers))
    assert {number: level for number, level, *_rest in rows()} == required()


def test_every_line_says_by_what_or_why_not() -> None:
    for number, _level, what, verdict, by in rows():
        assert verdict in VERDICTS, number
        assert what.strip(), number
        assert by.strip(), number


def test_the_sums_are_those_of_the_table() -> None:
    verdicts = [verdict for _number, _level, _what, verdict, _by in rows()]
    sums = f"{verdicts.count('met')} met, {verdicts.count('partly')} partly, {verdicts.count('not met')} not met"
    assert f"Of {len(verdicts)} requirements: {sums}, {verdicts.count('n/a')} not applicable." in TABLE.read_text()


@pytest.mark.parametrize("document", ["docs/security/asvs.md", "docs/security/personal-data.md", "docs/security.md"])
def test_every_file_named_exists(document: str) -> None:
    named = PATH.findall((ROOT / document).read_text(encoding="utf-8"))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_control_a_file_that_is_not_there_is_seen() -> None:
    assert PATH.findall("`tests/security/test_nowhere.py`, `{% url %}`, `'self'`") == ["tests/security/test_nowhere.py"]
