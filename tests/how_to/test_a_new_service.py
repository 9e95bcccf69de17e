"""`docs/how-to/service.md` holds: watering, with its own tariff, is added in a copy of the tree and billed.

The patch is what the page tells to write; the migrations are generated. No file of the project changes.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import OwnDatabase

ROOT = Path(__file__).resolve().parents[2]
PATCH = Path(__file__).with_name("watering.patch")
FILES_AT_MOST = 6


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree with the patch applied and its translations compiled."""
    tree = tmp_path / "tree"
    for folder in ("portal", "cms_pages", "site", "templates", "tests"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("media", "benchmarks"))
    shutil.copy2(ROOT / "requirements.txt", tree)
    apart = os.environ | {"GIT_CEILING_DIRECTORIES": str(tmp_path)}
    subprocess.run(["git", "apply", str(PATCH)], cwd=tree, env=apart, check=True)
    catalogue = tree / "portal/core/locale/ru/LC_MESSAGES/django.po"
    subprocess.run(["msgfmt", "-o", str(catalogue.with_suffix(".mo")), str(catalogue)], check=True)
    return tree


def test_watering_is_added_in_six_files_and_billed_to_the_kopeck(own_database: OwnDatabase, copy: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.how_to.close_with_watering"],
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
    written = re.findall(r"^\+\+\+ b/(.+)$", PATCH.read_text(), re.MULTILINE)
    assert len(written) + len(seen["migrations"]) <= FILES_AT_MOST, (written, seen["migrations"])
    assert seen["bill"] == [
        ["Холодное водоснабжение", "6.335", "308.32"],
        ["Водоотведение", "6.335", "260.05"],
        ["Полив", "12.500", "390.00"],
    ]
    assert seen["total"] == "958.37"
    assert seen["receipt"][-1] == ["Полив", "по показаниям", "31.2000", "390.00"]
    assert seen["registration"][-1] == "Полив"
    assert seen["commissioning"] == ["Холодное водоснабжение", "Горячее водоснабжение", "Полив"]
    assert seen["outage"] == "полива"
    assert seen["import"] == "watering"
