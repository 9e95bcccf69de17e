"""Every worked example comes out to the kopeck in the pure calculation."""

from pathlib import Path

import pytest

from portal.operations.cases.compare import differences
from portal.operations.cases.reader import read_case
from tests.pure_cases import balance_of, run_pure, shown

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "worked_examples").glob("*.json"))


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_example_comes_out(path: Path) -> None:
    case = read_case(path)
    assert case.expect is not None
    course = run_pure(case)
    assert differences(case.expect, [shown(line) for line in course.lines]) == []
    assert case.expect_balance is None or balance_of(case, course) == case.expect_balance
