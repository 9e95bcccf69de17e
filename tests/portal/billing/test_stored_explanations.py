"""What explains a charge is stored and read back whole, for every line of the worked examples."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.billing.calculation.explanations import (
    Averaged,
    ByNorm,
    Collected,
    Corrected,
    Explanation,
    Metered,
    Penalties,
    PersonPeriod,
    RatePart,
    Reduction,
    TamperingVolume,
)
from portal.billing.calculation.stored_explanations import dumped, loaded, report_of
from portal.operations.cases.reader import read_case
from tests.pure_cases import run_pure

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((ROOT / "tests" / "worked_examples").glob("*.json"))
TAMPERING = TamperingVolume(
    "14", "2026-08-01", "2026-08-31", 4331, (PersonPeriod(1, 31, 2),), 10, 86_620, 6_000, part=RatePart(1, 15, 80_620)
)


def _explanations() -> list[Explanation]:
    return [line.why for path in EXAMPLES for line in run_pure(read_case(path)).lines]


def _through_json(explanation: Explanation) -> Explanation:
    return loaded(json.loads(json.dumps(dumped(explanation))))


def test_every_explanation_is_read_back_as_it_was_written() -> None:
    explanations = [*_explanations(), TAMPERING, Corrected(1, 2, reason="on_demand", note="Ошибка в площади")]
    assert {type(explanation) for explanation in explanations} == {
        Averaged,
        ByNorm,
        Collected,
        Corrected,
        Metered,
        Penalties,
        Reduction,
        TamperingVolume,
    }
    assert [_through_json(explanation) for explanation in explanations] == explanations


def test_only_lines_of_an_act_name_one() -> None:
    assert report_of(dumped(TAMPERING)) == "14"
    assert {report_of(dumped(explanation)) for explanation in _explanations()} == {None}


def _keys_of_explanations(tree: ast.AST) -> Iterator[int]:
    """Lines that take a value out of `why` or `explanation` by a text."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=owner, slice=ast.Constant(value=str())):
                pass
            case ast.Call(func=ast.Attribute(value=owner, attr="get"), args=[ast.Constant(value=str()), *_]):
                pass
            case _:
                continue
        if isinstance(owner, ast.Attribute | ast.Name) and ast.unparse(owner).endswith(("why", "explanation")):
            yield node.lineno


@pytest.mark.parametrize("app", ["billing", "receipts", "cabinet", "office", "api", "operations"])
def test_no_other_module_knows_the_keys(app: str) -> None:
    offences = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "portal" / app).rglob("*.py"))
        for number in _keys_of_explanations(ast.parse(path.read_text()))
    ]
    assert offences == []
