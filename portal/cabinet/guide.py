"""The residents' guide (docs/guide/resident.md) as pages of the cabinet: its headings, paragraphs, lists, tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "resident.md"
_BOLD, _CODE = re.compile(r"\*\*(.+?)\*\*"), re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class GuideBlock:
    """A paragraph (`lines` of one), a list, or a table whose first row is its head."""

    kind: str
    lines: tuple[SafeString, ...] = ()
    rows: tuple[tuple[SafeString, ...], ...] = ()

    @property
    def is_list(self) -> bool:
        return self.kind == "list"

    @property
    def is_table(self) -> bool:
        return self.kind == "table"

    @property
    def body(self) -> tuple[tuple[SafeString, ...], ...]:
        return self.rows[1:]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading of the guide with what stands below it; `anchor` is its place in the page's address."""

    anchor: str
    title: str
    blocks: tuple[GuideBlock, ...]


@cache
def chapters() -> tuple[Chapter, ...]:
    """The guide, read once. An anchor stands before its heading as `<a id="…"></a>`."""
    parts = re.split(r'^<a id="([\w-]+)"></a>\n+## (.+)$', GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return tuple(
        Chapter(anchor, title, tuple(_blocks(text)))
        for anchor, title, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    )


def _blocks(text: str) -> Iterator[GuideBlock]:
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line for line in block.splitlines() if line.strip() and not line.startswith("![")]
        if not lines:
            continue
        if lines[0].startswith("- "):
            items = re.split(r"^- ", "\n".join(lines), flags=re.MULTILINE)[1:]
            yield GuideBlock("list", tuple(_inline(" ".join(item.split())) for item in items))
        elif lines[0].startswith("|"):
            rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
            yield GuideBlock("table", rows=tuple(tuple(map(_inline, row)) for row in rows[:1] + rows[2:]))
        else:
            yield GuideBlock("paragraph", (_inline(" ".join(lines)),))


def _inline(text: str) -> SafeString:
    """Bold and code of Markdown; everything else is escaped."""
    escaped = str(conditional_escape(text))
    return mark_safe(_CODE.sub(r"<code>\1</code>", _BOLD.sub(r"<b>\1</b>", escaped)))  # escaped above
