"""Conventions that a tool can check in the syntax trees: how files are answered."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOWNLOADS = "portal/core/files/downloads.py"
READS_THE_HEADER = "portal/core/middleware.py"


def sources(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    """Paths below the repository and syntax trees of the packages' modules, migrations left out."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def test_files_are_answered_by_as_download_alone() -> None:
    """A name in a header built by hand is not escaped, and lacks the headers of a download."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in sources("portal", "cms_pages", "site")
        if path not in {DOWNLOADS, READS_THE_HEADER}
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "Content-Disposition"
    ]
    assert found == []
