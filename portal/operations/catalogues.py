"""Our catalogues of translations: where they are, and which are not compiled."""

from pathlib import Path

FOLDERS = ("portal", "cms_pages", "site")


def own_catalogues(root: Path) -> list[Path]:
    """The Russian catalogues (.po) of a tree."""
    return sorted(path for folder in FOLDERS for path in (root / folder).rglob("locale/ru/LC_MESSAGES/django.po"))


def uncompiled(root: Path) -> list[Path]:
    """Catalogues without a compiled file (.mo), or with one that is older: their texts are shown in English."""
    return [path for path in own_catalogues(root) if not _is_compiled(path)]


def _is_compiled(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime
