"""Style sheets: short files, and a linter that installs from the public registry alone. stylelint does the rest."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[3]
LONGEST_FILE = 400
REGISTRY = "https://registry.npmjs.org/"


def test_no_style_sheet_is_longer_than_a_file_may_be() -> None:
    lines = {path.name: len(path.read_text().splitlines()) for path in (ROOT / "site/static/css").glob("*.css")}
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def test_the_linters_packages_are_pinned_and_come_from_the_public_registry() -> None:
    direct = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    assert all(version[0].isdigit() for version in direct.values()), direct
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, package in packages.items():
        if name:
            assert package["integrity"].startswith("sha512-"), name
            assert package.get("resolved", REGISTRY).startswith(REGISTRY), name
