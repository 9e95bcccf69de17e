"""Files that take long are started first, so that no worker is left with one of them at the end.

Random order stays: pytest-randomly shuffles files and the tests in them, and only files of at least LONG seconds are
moved to the front, the longest first. With xdist it needs `--dist loadfile --no-loadscope-reorder`, which hands out
files in this order. `make durations` measures again and writes tests/durations.json.
"""

import json
from collections import defaultdict
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

DURATIONS = Path(__file__).with_name("durations.json")
LONG = 4.0
STORED = 1.0


def file_of(nodeid: str) -> str:
    """The file of a test, from the root of the project."""
    return nodeid.split("::", maxsplit=1)[0]


def longest_first(files: Iterable[str], durations: dict[str, float]) -> list[str]:
    """Distinct files: those of at least LONG seconds by duration, the others after them in their given order."""
    given = list(dict.fromkeys(files))
    long = [file for file in given if durations.get(file, 0) >= LONG]
    long.sort(key=lambda file: -durations[file])
    return long + [file for file in given if durations.get(file, 0) < LONG]


class LongestFirst:
    """Moves the tests of long files to the front, after all other plugins have ordered them."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None, None, None]:
        yield
        durations = json.loads(DURATIONS.read_text(encoding="utf-8"))
        places = {file: place for place, file in enumerate(longest_first(map(_file, items), durations))}
        items.sort(key=lambda item: places[_file(item)])


class DurationsWriter:
    """Adds up how long each file took and stores it, in seconds of wall-clock time."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[file_of(report.nodeid)] += report.duration

    def pytest_sessionfinish(self) -> None:
        stored = {file: round(took, 1) for file, took in sorted(self.seconds.items()) if took >= STORED}
        DURATIONS.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


def _file(item: pytest.Item) -> str:
    return file_of(item.nodeid)
