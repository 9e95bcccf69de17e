"""The calculation equals a plain, independent one: on the worked examples and on random cases."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.operations.cases.reader import parse_case
from tests.benchmarks.plain_calculator import PlainCalculator, as_multiset
from tests.benchmarks.random_cases import random_case, wilder_case
from tests.pure_cases import balance_of, run_pure, shown

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "worked_examples").glob("*.json"))


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_the_plain_calculator_knows_the_examples(path: Path) -> None:
    data = json.loads(path.read_text("utf-8"))
    plain = PlainCalculator(data).run()
    course = run_pure(parse_case(path.stem, data))
    assert as_multiset([shown(line) for line in course.lines]) == as_multiset(plain.lines)


@pytest.mark.parametrize("draw", [random_case, wilder_case])
@pytest.mark.parametrize("first", range(0, 150, 50))
def test_random_cases(draw: Callable[[int], dict[str, Any]], first: int) -> None:
    for seed in range(first, first + 50):
        data = draw(seed)
        plain = PlainCalculator(data).run()
        case = parse_case(str(seed), data)
        course = run_pure(case)
        assert as_multiset([shown(line) for line in course.lines]) == as_multiset(plain.lines), seed
        assert balance_of(case, course) == plain.balance(), seed
