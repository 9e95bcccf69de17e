"""What `docs/how-to/service.md` tells to write, written into a tree by program.

The texts are the page's own blocks, under another name, so that it also works where watering was really added.
"""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs/how-to/service.md"
RENAMED = {
    "WATERING": "IRRIGATION",
    "Watering": "Irrigation",
    "watering": "irrigation",
    "Полив": "Орошение",
    "полива": "орошения",
    "полив": "орошение",
}


def add_service(tree: Path) -> list[str]:
    """Write the steps 1 to 3 of the page into a tree; returns the paths of the written files."""
    page = re.sub("|".join(RENAMED), lambda word: RENAMED[word[0]], PAGE.read_text(encoding="utf-8"))
    steps = {
        "portal/core/service_catalogue.py": [
            (r"\nCATALOGUE = ", "\n" + _block(page, "python") + r"\g<0>"),
            (r"(CATALOGUE = \([^)]*?),?\s*\)", r"\1, IRRIGATION)"),
        ],
        "portal/accounts/enums.py": [
            (r"((?:    \w+ = service_catalogue\.\w+\.choice\n)+)", rf"\1    {_member(page)}\n"),
        ],
        "portal/core/locale/ru/LC_MESSAGES/django.po": [(r"\s*\Z", "\n\n" + _block(page, "po"))],
    }
    for name, changes in steps.items():
        path = tree / name
        text = path.read_text(encoding="utf-8")
        for pattern, written in changes:
            text, count = re.subn(pattern, written, text, count=1)
            assert count, f"{name} has no place for {written}"
        path.write_text(text, encoding="utf-8")
    return list(steps)


def _block(page: str, language: str) -> str:
    """The page's block of a language, without the indent of its step."""
    match = re.search(rf"^   ```{language}\n(.+?)^   ```$", page, re.MULTILINE | re.DOTALL)
    assert match is not None, f"{PAGE} has no block of {language}"
    return re.sub(r"^   ", "", match[1], flags=re.MULTILINE)


def _member(page: str) -> str:
    match = re.search(r"`(\w+ = service_catalogue\.\w+\.choice)`", page)
    assert match is not None, f"{PAGE} has no member of Service"
    return match[1]
