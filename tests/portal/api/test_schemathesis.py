"""Requests made from the schema, right and wrong ones: every check of schemathesis, nothing left out.

`make fuzz` gives it more time (API_FUZZ_SECONDS, API_FUZZ_EXAMPLES, API_FUZZ_SEED).
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.portal.api.conftest import LiveApi

EXAMPLES = os.environ.get("API_FUZZ_EXAMPLES", "4")
SECONDS = os.environ.get("API_FUZZ_SECONDS", "10")
SEED = os.environ.get("API_FUZZ_SEED", "1")
COMMAND = Path(sys.executable).with_name("schemathesis")


def test_no_request_of_the_schema_is_answered_otherwise_than_it_says(live_api: LiveApi, tmp_path: Path) -> None:
    options = [
        "--checks",
        "all",
        "--mode",
        "all",
        "--max-examples",
        EXAMPLES,
        "--max-time",
        SECONDS,
        "--seed",
        SEED,
        "--no-color",
    ]
    command = [str(COMMAND), "run", f"{live_api.url}schema/", "-H", f"Authorization: Bearer {live_api.secret}"]
    run = subprocess.run([*command, *options], capture_output=True, text=True, cwd=tmp_path, timeout=600, check=False)
    assert run.returncode == 0, run.stdout[-12_000:] + run.stderr[-2000:]
