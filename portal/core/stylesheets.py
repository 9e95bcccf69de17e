"""The stylesheets that pages load, one an audience, each put together from the parts in `site/static/css`.

`collectstatic` writes them in production; with finders (development, tests) they are made anew when a part changes.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage

SITE_PARTS = (
    "tokens",
    "base",
    "layout",
    "header",
    "look",
    "menu",
    "navigation",
    "cabinet-menu",
    "marks",
    "buttons",
    "controls",
    "cards",
    "banners",
    "lists",
    "unfold",
    "figures",
    "charts",
    "pages",
    "home",
    "cabinet",
    "ledger",
    "pay",
    "print",
)
OFFICE_PARTS = ("admin-brand", "office", "office-forms", "office-lists", "dispatch")
STYLESHEETS = {"css/site.css": SITE_PARTS, "css/staff.css": OFFICE_PARTS}
"""URL path of each stylesheet and its parts in the order of the cascade."""
PAPER = "print"
"""The part that is for paper alone."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r" ?([{};,]) ?")
_DARK = "@media (prefers-color-scheme:dark){"
_BY_DEVICE = ':root:where(:not([data-theme="light"]))'
_CHOSEN = ':root:where([data-theme="dark"])'


def minified(css: str) -> str:
    """Return the CSS without comments and without space that means nothing. Strings hold neither."""
    css = _SPACE.sub(" ", _COMMENT.sub("", css))
    return _AROUND.sub(r"\1", css).replace(";}", "}").replace(": ", ":").strip()


def with_theme(css: str) -> str:
    """Let `data-theme` of <html> win over the device: minified rules for a dark device also hold for the chosen theme.

    The selectors gain no weight by it, so that paper and strong contrast, which come later, still win.
    """
    parts = []
    while (start := css.find(_DARK)) >= 0:
        parts.append(css[:start])
        rules, css = _block(css[start + len(_DARK) :])
        parts += [_DARK, _under(rules, _BY_DEVICE), "}", _under(rules, _CHOSEN)]
    return "".join([*parts, css])


def _block(css: str) -> tuple[str, str]:
    """Split after the brace that closes the block which `css` begins in."""
    depth = 1
    for index, letter in enumerate(css):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if not depth:
            return css[:index], css[index + 1 :]
    raise ValueError("a block of a stylesheet is not closed")


def _under(rules: str, root: str) -> str:
    def narrowed(rule: re.Match[str]) -> str:
        selectors = rule[1].split(",")
        return ",".join(s.replace(":root", root) if ":root" in s else f"{root} {s}" for s in selectors) + "{"

    return re.sub(r"([^{}]+)\{", narrowed, rules)


def build(name: str) -> str:
    """Return the text of a stylesheet of STYLESHEETS."""
    texts = []
    for part in STYLESHEETS[name]:
        css = minified(_source(part).read_text(encoding="utf-8"))
        texts.append(f"@media print{{{css}}}" if part == PAPER else css)
    css = "\n".join(texts)
    return with_theme(css) if name == "css/site.css" else css


def _source(part: str) -> Path:
    return Path(settings.STATICFILES_DIRS[0]) / "css" / f"{part}.css"


class StylesheetFinder(BaseFinder):
    """Finds the stylesheets of STYLESHEETS; the built ones lie in BUILT_STYLESHEETS."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.BUILT_STYLESHEETS)
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """There is nothing to set up wrongly."""
        return []

    def find(  # type: ignore[override]  # the stub wants a literal for each answer
        self, path: str, find_all: bool = False, **kwargs: Any
    ) -> "str | list[str]":
        """Return the built file's path; an empty list for other static files."""
        if path not in STYLESHEETS:
            return []
        built = str(self._built(path))
        return [built] if find_all else built

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield every stylesheet with the storage it lies in."""
        for name in STYLESHEETS:
            self._built(name)
            yield name, self.storage

    def _built(self, name: str) -> Path:
        target = Path(settings.BUILT_STYLESHEETS) / name
        sources = [Path(__file__), *(_source(part) for part in STYLESHEETS[name])]
        newest = max(source.stat().st_mtime for source in sources)
        if not target.exists() or target.stat().st_mtime < newest:
            target.parent.mkdir(parents=True, exist_ok=True)
            arriving = target.with_suffix(f".{os.getpid()}")  # another process may be reading
            arriving.write_text(build(name), encoding="utf-8")
            arriving.replace(target)
        return target
