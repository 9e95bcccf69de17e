"""Times of `deploy/restore --to` and the comparison of rows in the drill; real restores: .ci/production."""

import datetime as dt
import importlib.machinery
import importlib.util
import sys
from typing import Any

import pytest

from tests.deploy.conftest import ROOT

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def script() -> Any:
    loader = importlib.machinery.SourceFileLoader("postgresql_backup", str(ROOT / "deploy" / "postgresql-backup"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, loader.name, module)
        loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-20 23:55", "2026-11-20T20:55:00+00:00"),
        ("2026-11-20T23:55:30", "2026-11-20T20:55:30+00:00"),
        ("2026-11-20 23:55+00:00", "2026-11-20T23:55:00+00:00"),
    ],
)
def test_a_minute_is_of_moscow_unless_it_says_otherwise(script: Any, text: str, utc: str) -> None:
    assert script.moment_of(text, now=NOW) == dt.datetime.fromisoformat(utc)
    (target,) = (word for word in script.target(script.moment_of(text, now=NOW)) if word.startswith("--target="))
    assert target.removeprefix("--target=")[:19] == utc[:19].replace("T", " ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("20.11.2026 23:55", "is no time"),
        ("2026-11-20", "no time of day"),
        ("2026-11-21 12:01", "in the future"),
        ("", "is no time"),
    ],
)
def test_what_is_no_minute_of_the_past_is_refused_with_an_example(script: Any, text: str, words: str) -> None:
    with pytest.raises(SystemExit) as refused:
        script.moment_of(text, now=NOW)
    assert words in str(refused.value)


def test_rows_outside_what_was_counted_around_the_moment_are_named(script: Any) -> None:
    before, after = {"a": 5, "b": 9, "django_session": 4}, {"a": 7, "b": 8, "django_session": 4}
    assert script.differing(before, after, {"a": 6, "b": 8, "django_session": 1}) == []
    assert script.differing(before, after, {"a": 8, "django_session": 4, "c": 1}) == [
        "a 8 instead of 5 to 7",
        "b missing instead of 9 to 8",
        "c 1 instead of 0 to 0",
    ]
