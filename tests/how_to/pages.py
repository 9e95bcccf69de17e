"""Examples of the how-to pages, as text."""

import re
from pathlib import Path

HOW_TO = Path(__file__).resolve().parents[2] / "docs/how-to"


def page(name: str) -> str:
    """The text of a page."""
    return (HOW_TO / name).read_text(encoding="utf-8")


def block(text: str, language: str) -> str:
    """The first block of a language, without the indent of its step."""
    match = re.search(rf"^   ```{language}\n(.+?)^   ```$", text, re.MULTILINE | re.DOTALL)
    assert match is not None, f"no block of {language}"
    return re.sub(r"^   ", "", match[1], flags=re.MULTILINE)
