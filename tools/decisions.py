"""The index of the decision records; `make decisions` writes it to docs/decisions/README.md."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "docs/decisions"
INDEX = FOLDER / "README.md"
HEAD = """# Decisions

Why things are as they are: context, decision, consequences, half a page each. Written by `make decisions`.

Numbers were given out in blocks to subjects, so that work side by side takes no number twice. A number that is not in
the list was never used, or its record became a part of another one: nothing is missing.

"""


def index() -> str:
    """The index as Markdown: a line for each record, in the order of their numbers."""
    return HEAD + "".join(f"{_line(path)}\n" for path in sorted(FOLDER.glob("[0-9]*.md")))


def _line(path: Path) -> str:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    match = re.fullmatch(r"# (\d{3})[.:] (.+)", first)
    if match is None or not path.name.startswith(match[1]):
        raise SystemExit(f"{path.name}: the first line is «# NNN. Title» with the number of the file")
    return f"- [{match[1]}]({path.name}) {match[2]}"


if __name__ == "__main__":
    INDEX.write_text(index(), encoding="utf-8")
