"""The services may do little on the machine: systemd's own score of each unit is at most 3.0 of 10."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parents[2] / "deploy" / "systemd"
WORST = 3.0

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def score(unit: Path) -> float:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", unit],
        capture_output=True,
        text=True,
        check=True,
    )
    match = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert match is not None
    return float(match[1])


@pytest.mark.parametrize("unit", sorted(UNITS.glob("*.service")), ids=lambda unit: unit.name)
def test_a_service_is_confined(unit: Path) -> None:
    assert score(unit) <= WORST


def test_the_score_sees_what_is_missing(tmp_path: Path) -> None:
    open_unit = tmp_path / "portal-open.service"
    open_unit.write_text("[Service]\nUser=portal\nExecStart=/bin/true\n")
    assert score(open_unit) > WORST


@pytest.mark.parametrize("unit", sorted(UNITS.glob("*.service")), ids=lambda unit: unit.name)
def test_what_runs_as_the_user_of_postgresql_leaves_its_shared_memory(unit: Path) -> None:
    """RemoveIPC=yes removes all of a user's at the end of a service, the live server's too."""
    lines = unit.read_text(encoding="utf-8").splitlines()
    assert ("RemoveIPC=no" if "User=postgres" in lines else "RemoveIPC=yes") in lines
