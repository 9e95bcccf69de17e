"""Catalogues are well-formed, every English msgid has its Russian, no entry is fuzzy.

No entry renames a word of a package or of another app of ours.

Catalogues are merged by msgid: ours come first, so that an entry of ours changes the same words on their screens.
"""

import gettext
import io
import os
import re
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

from portal.operations.catalogues import own_catalogues

SOURCES = ("portal", "cms_pages", "site/config", "templates")
XGETTEXT = [
    "xgettext",
    "--language=Python",
    "--from-code=UTF-8",
    "--sort-output",
    "--keyword=gettext",
    "--keyword=gettext_lazy",
    "--keyword=gettext_noop",
    "--keyword=_",
    "--keyword=ngettext:1,2",
    "--keyword=ngettext_lazy:1,2",
    "--keyword=pgettext:1c,2",
    "--keyword=pgettext_lazy:1c,2",
    "--keyword=npgettext:1c,2,3",
    "--keyword=npgettext_lazy:1c,2,3",
    "-o",
    "-",
]


# Packages whose screens people see in their own words.
SCREENS = ("django.contrib.", "wagtail")
# Words of theirs that we say better on purpose, on their own screens.
OUR_WORDS = {
    "(optional)",
    "Checks",
    "No %(name)s have been created yet.",
    'Why not <a href="%(url)s">add one</a>?',
    "The %(model_name)s could not be created due to errors.",
    "The %(model_name)s could not be saved due to errors.",
    "The %(object)s could not be created due to errors.",
    "The %(object)s could not be saved due to errors.",
    "The user could not be saved due to errors.",
    "Awaiting your review",
    "Sorry, there are no %(name)s matching your search parameters.",
}


class Command(BaseCommand):
    help = "Fail when a text of a screen has no Russian, is used no more, or renames a word of Django or Wagtail."

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.ROOT)
        if broken := broken_catalogues(own_catalogues(root)):
            raise CommandError("msgfmt --check refuses these:\n" + "\n".join(broken))
        with tempfile.TemporaryDirectory() as folder:
            wanted = _extract(root, Path(folder))
            catalogue = _catalogue(root, Path(folder))
            missing = _missing(wanted, catalogue, Path(folder))
            unused = unused_texts(own_catalogues(root), wanted, _their_catalogues(*SCREENS))
        if missing:
            raise CommandError(f"{len(missing)} texts without Russian:\n" + "\n".join(missing))
        if unused:
            raise CommandError("No code or template says these any more:\n" + "\n".join(unused))
        if renamed := renamed_texts(own_catalogues(root), _their_catalogues(*SCREENS)):
            raise CommandError("Give these a pgettext context, they rename words of packages:\n" + "\n".join(renamed))
        if disputed := disputed_texts(own_catalogues(root)):
            raise CommandError("Give these a pgettext context, our apps differ on them:\n" + "\n".join(disputed))
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
            copy = folder / f"{path.relative_to(root)}.py"
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(text, encoding="utf-8")
            files.append(str(copy))
    listing = folder / "files.txt"
    listing.write_text("\n".join(files))
    pot = _run(*XGETTEXT, f"--files-from={listing}")
    pot = pot.replace("charset=CHARSET", "charset=UTF-8")
    target = folder / "wanted.pot"
    target.write_text(pot, encoding="utf-8")
    return target


def _their_catalogues(*names: str) -> list[Path]:
    """Django's own compiled catalogue and those of the installed packages whose names begin so."""
    ours = ("portal.", "cms_pages.")
    packages = [app for app in apps.get_app_configs() if app.name.startswith(names) and not app.name.startswith(ours)]
    folders = [Path(django.__file__).parent / "conf", *(Path(app.path) for app in packages)]
    catalogues = [folder / "locale/ru/LC_MESSAGES/django.mo" for folder in folders]
    return [path for path in catalogues if path.exists()]


def broken_catalogues(ours: Iterable[Path]) -> list[str]:
    """Return what msgfmt finds wrong in our catalogues (.po): syntax, placeholders that differ, plural forms, headers.

    An entry that leaves a placeholder out on purpose is marked `no-python-format`.
    """
    broken = []
    for path in ours:
        command = ["msgfmt", "--check", "-o", os.devnull, str(path)]
        checked = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")  # noqa: S603
        if checked.returncode:
            broken.append(checked.stderr.strip())
    return broken


def unused_texts(ours: Iterable[Path], wanted: Path, theirs: Iterable[Path]) -> list[str]:
    """Entries of our catalogues (.po) that neither our code (`wanted`, a .pot) nor a package (.mo) asks for."""
    filled = wanted.with_suffix(".en.po")
    plural = "nplurals=2; plural=(n != 1);"
    text = _run("msgen", "--lang=en", str(wanted)).replace("nplurals=INTEGER; plural=EXPRESSION;", plural)
    filled.write_text(text, encoding="utf-8")
    asked = {key for key, _translation in _compiled(filled)}
    asked |= {key for key, _translation in _packaged(theirs)}
    asked |= {key[0] for key in asked if isinstance(key, tuple)}
    return [
        f"{path.parts[-5]}: {key!r}"
        for path in ours
        for key, _translation in _compiled(path)
        if key not in asked and (key[0] if isinstance(key, tuple) else key) not in asked
    ]


def renamed_texts(ours: Iterable[Path], theirs: Iterable[Path]) -> list[str]:
    """Entries of our catalogues (.po) whose msgid and context a package's (.mo) has with other Russian."""
    known = defaultdict[Any, set[str]](set)
    for key, translation in _packaged(theirs):
        known[key].add(translation.strip())
    renamed = []
    for path in ours:
        for key, translation in _compiled(path):
            if key in known and key not in OUR_WORDS and translation not in known[key]:
                renamed.append(f"{path.parts[-5]}: {key!r} «{translation}», theirs «{'», «'.join(sorted(known[key]))}»")
    return renamed


def disputed_texts(ours: Iterable[Path]) -> list[str]:
    """Msgids (with their context) that several of our catalogues (.po) have with different Russian: one would win."""
    known = defaultdict[Any, dict[str, str]](dict)
    for path in ours:
        for key, translation in _compiled(path):
            known[key].setdefault(translation, path.parts[-5])
    return [
        f"{key!r}: " + ", ".join(f"{app} «{translation}»" for translation, app in translations.items())
        for key, translations in known.items()
        if len(translations) > 1
    ]


def _packaged(theirs: Iterable[Path]) -> Iterator[tuple[Any, str]]:
    """Entries of packages' compiled catalogues (.mo)."""
    for path in theirs:
        with path.open("rb") as file:
            yield from _entries(gettext.GNUTranslations(file))


def _compiled(path: Path) -> list[tuple[Any, str]]:
    compiled = subprocess.run(["msgfmt", "-o", "-", str(path)], check=True, capture_output=True)  # noqa: S603, S607
    return _entries(gettext.GNUTranslations(io.BytesIO(compiled.stdout)))


def _entries(catalogue: gettext.GNUTranslations) -> list[tuple[Any, str]]:
    """Keys (a context stands before the msgid, a plural's number after it) with their words."""
    return [(key, translation) for key, translation in catalogue._catalog.items() if key and translation]  # type: ignore[attr-defined]  # gettext has no public way


def _catalogue(root: Path, folder: Path) -> Path:
    """All Russian of the apps and of the packages, merged."""
    theirs = [path.with_suffix(".po") for path in _their_catalogues("")]
    catalogues = [*own_catalogues(root), *(path for path in theirs if path.exists())]
    target = folder / "ru.po"
    _run("msgcat", "--use-first", "-o", str(target), *map(str, catalogues))
    return target


def _missing(wanted: Path, catalogue: Path, folder: Path) -> list[str]:
    """Files and their msgids that neither our catalogues nor those of Django and the packages translate."""
    merged = folder / "merged.po"
    _run("msgmerge", "-q", "--no-fuzzy-matching", "-o", str(merged), str(catalogue), str(wanted))
    left = _run("msgattrib", "--untranslated", "--no-obsolete", "--no-wrap", str(merged))
    left += _run("msgattrib", "--only-fuzzy", "--no-obsolete", "--no-wrap", str(merged))
    return [
        f"{_source(entry, folder)}: {line}"
        for entry in left.split("\n\n")
        for line in entry.splitlines()
        if line.startswith("msgid ") and line != 'msgid ""'
    ]


def _source(entry: str, folder: Path) -> str:
    """The first file of an entry, relative to the tree."""
    place = re.search(rf"^#: {re.escape(str(folder))}/(\S+)\.py:\d+", entry, re.MULTILINE)
    return place[1] if place else ""


def _run(*command: str) -> str:
    """Standard output of a tool of gettext, in UTF-8 whatever the locale."""
    done = subprocess.run(  # noqa: S603 (our own arguments)
        command, check=True, capture_output=True, encoding="utf-8", env={**os.environ, "LC_ALL": "C.UTF-8"}
    )
    return done.stdout
