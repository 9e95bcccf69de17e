"""What `docs/how-to/service.md` tells to write, written into a tree by program.

The texts are the page's own blocks, under another name, so that it also works where watering was really added.
"""

import re
from pathlib import Path

from tests.how_to.pages import block, page

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
    text = re.sub("|".join(RENAMED), lambda word: RENAMED[word[0]], page("service.md"))
    steps = {
        "portal/core/service_catalogue.py": [
            (r"\nCATALOGUE = ", "\n" + block(text, "python") + r"\g<0>"),
            (r"(CATALOGUE = \([^)]*?),?\s*\)", r"\1, IRRIGATION)"),
        ],
        "portal/accounts/enums.py": [
            (r"((?:    \w+ = service_catalogue\.\w+\.choice\n)+)", rf"\1    {_member(text)}\n"),
        ],
        "portal/core/locale/ru/LC_MESSAGES/django.po": [(r"\s*\Z", "\n\n" + block(text, "po"))],
    }
    for name, changes in steps.items():
        path = tree / name
        code = path.read_text(encoding="utf-8")
        for pattern, written in changes:
            code, count = re.subn(pattern, written, code, count=1)
            assert count, f"{name} has no place for {written}"
        path.write_text(code, encoding="utf-8")
    return list(steps)


def _member(text: str) -> str:
    match = re.search(r"`(\w+ = service_catalogue\.\w+\.choice)`", text)
    assert match is not None, "service.md has no member of Service"
    return match[1]
