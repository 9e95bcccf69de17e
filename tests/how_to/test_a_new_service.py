"""`docs/how-to/service.md` holds: its service, with its own tariff, is added in a copy of the tree and billed.

What is written are the page's own blocks; the migrations are generated. No file of the project changes.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import OwnDatabase
from tests.how_to.add_service import add_service

ROOT = Path(__file__).resolve().parents[2]
FILES_AT_MOST = 6


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tree, as it is."""
    tree = tmp_path / "tree"
    for folder in ("portal", "cms_pages", "site", "templates", "tests"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("media", "benchmarks"))
    shutil.copy2(ROOT / "requirements.txt", tree)
    return tree


def test_a_service_is_added_in_six_files_and_billed_to_the_kopeck(own_database: OwnDatabase, copy: Path) -> None:
    written = add_service(copy)
    catalogue = copy / "portal/core/locale/ru/LC_MESSAGES/django.po"
    subprocess.run(["msgfmt", "-o", str(catalogue.with_suffix(".mo")), str(catalogue)], check=True)
    run = subprocess.run(
        [sys.executable, "-m", "tests.how_to.close_with_new_service"],
        cwd=copy,
        env=os.environ
        | {
            "DATABASE_URL": own_database.url,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "PYTHONPATH": f".{os.pathsep}site",
            "VAR_DIR": str(copy / "var"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout.splitlines()[-1])
    assert len(written) + len(seen["migrations"]) <= FILES_AT_MOST, (written, seen["migrations"])
    assert seen["bill"] == [
        ["Холодное водоснабжение", "6.335", "308.32"],
        ["Водоотведение", "6.335", "260.05"],
        ["Орошение", "12.500", "390.00"],
    ]
    assert seen["total"] == "958.37"
    assert seen["receipt"][-1] == ["Орошение", "по показаниям", "31.2000", "390.00"]
    assert seen["registration"][-1] == "Орошение"
    assert seen["commissioning"][-1] == "Орошение"
    assert seen["outage"] == "орошения"
    assert seen["import"] == "irrigation"
