"""The example of docs/examples works against a running server: meters, a reading, the balance."""

import os
import re
import subprocess
import sys
from pathlib import Path

from portal.metering.models import Reading
from tests.portal.api.conftest import LiveApi

EXAMPLE = Path(__file__).parents[3] / "docs/examples/home_assistant.py"


def test_it_lists_meters_sends_a_reading_and_reads_the_balance(live_api: LiveApi) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        environment = os.environ | {"PORTAL_URL": live_api.url, "PORTAL_KEY": live_api.secret}
        command = [sys.executable, str(EXAMPLE), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    assert len(EXAMPLE.read_text(encoding="utf-8").splitlines()) <= 60
    _code, meters = run("meters")
    meter, *_serial, service, value = meters.splitlines()[0].split()
    assert (service, value) == ("cold_water", "141.455")
    assert "Accepted" in run("send", meter, "147.5")[1]
    assert Reading.objects.filter(meter=meter, taken_on="2026-11-15").count() == 1
    code, refusal = run("send", meter, "1")
    assert code == 1
    assert refusal.startswith("lower_than_previous: ")
    assert re.fullmatch(r"-?\d+\.\d\d\n", run()[1])
