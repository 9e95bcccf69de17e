"""Every English msgid of the code has its Russian, and no entry is fuzzy."""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

SOURCES = ("portal", "cms_pages", "site/config", "templates")
XGETTEXT = [
    "xgettext", "--language=Python", "--from-code=UTF-8", "--no-location", "--sort-output",
    "--keyword=gettext", "--keyword=gettext_lazy", "--keyword=gettext_noop", "--keyword=_", "--keyword=ngettext:1,2",
    "--keyword=ngettext_lazy:1,2", "--keyword=pgettext:1c,2", "--keyword=pgettext_lazy:1c,2",
    "--keyword=npgettext:1c,2,3", "--keyword=npgettext_lazy:1c,2,3", "-o", "-",
]  # fmt: skip


class Command(BaseCommand):
    help = "Fail when a text of a screen has no Russian."

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.ROOT)
        with tempfile.TemporaryDirectory() as folder:
            wanted = _extract(root, Path(folder))
            catalogue = _catalogue(root, Path(folder))
            missing = _missing(wanted, catalogue, Path(folder))
        if missing:
            raise CommandError(f"{len(missing)} texts without Russian:\n" + "\n".join(missing))
        self.stdout.write("every text has its Russian")


def _extract(root: Path, folder: Path) -> Path:
    """All msgids of code and templates, as a .pot."""
    files = []
    for source in SOURCES:
        for path in sorted((root / source).rglob("*")):
            if path.suffix not in {".py", ".html", ".txt"} or "migrations" in path.parts:
                continue
            text = path.read_text(encoding="utf-8")
            if path.suffix != ".py":
                text = templatize(text, origin=str(path))
            copy = folder / (re.sub(r"\W", "_", str(path.relative_to(root))) + ".py")
            copy.write_text(text, encoding="utf-8")
            files.append(str(copy))
    listing = folder / "files.txt"
    listing.write_text("\n".join(files))
    pot = _run(*XGETTEXT, f"--files-from={listing}")
    pot = pot.replace("charset=CHARSET", "charset=UTF-8")
    target = folder / "wanted.pot"
    target.write_text(pot, encoding="utf-8")
    return target


def _catalogue(root: Path, folder: Path) -> Path:
    """All Russian of the apps, merged."""
    catalogues = sorted(
        str(path) for path in root.glob("*/**/locale/ru/LC_MESSAGES/django.po") if "var" not in path.parts
    )
    catalogues += sorted(str(path) for path in root.glob("site/locale/ru/LC_MESSAGES/django.po"))
    target = folder / "ru.po"
    _run("msgcat", "--use-first", "-o", str(target), *dict.fromkeys(catalogues))
    return target


def _missing(wanted: Path, catalogue: Path, folder: Path) -> list[str]:
    """msgids that are neither translated by us nor by Django's and the packages' own catalogues."""
    merged = folder / "merged.po"
    _run("msgmerge", "-q", "--no-fuzzy-matching", "-o", str(merged), str(catalogue), str(wanted))
    left = _run("msgattrib", "--untranslated", "--no-obsolete", "--no-wrap", str(merged))
    left += _run("msgattrib", "--only-fuzzy", "--no-obsolete", "--no-wrap", str(merged))
    return [line for line in left.splitlines() if line.startswith("msgid ") and line != 'msgid ""']


def _run(*command: str) -> str:
    """Standard output of a tool of gettext, in UTF-8 whatever the locale."""
    done = subprocess.run(  # noqa: S603 (our own arguments)
        command, check=True, capture_output=True, encoding="utf-8", env={**os.environ, "LC_ALL": "C.UTF-8"}
    )
    return done.stdout
