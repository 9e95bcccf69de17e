"""Every worked example comes out to the kopeck through the portal's own services and closing."""

from pathlib import Path

import pytest

from portal.accounts.models import Account
from portal.operations.cases.reader import read_case
from portal.operations.cases.runner import run_case

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "worked_examples").glob("*.json"))


@pytest.mark.django_db
@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_example_comes_out(path: Path) -> None:
    case = read_case(path)
    assert case.expect is not None
    result = run_case(case)
    assert result.differences == []
    assert not Account.objects.filter(number="0000-0000").exists()
