"""`check_translations` on a small project: what it extracts from code and templates, and how it fails in words."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal.operations.management.commands import check_translations as command

HEAD = (
    'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n<5 ? 1 : 2);\\n"\n\n'
)
CODE = """
from django.utils.translation import gettext, gettext_lazy as _, ngettext, pgettext

_("A meter of ours")
gettext("A reading of ours")
pgettext("portal", "A number of ours")
ngettext("%(n)d account of ours", "%(n)d accounts of ours", 2)
"""
TEMPLATE = """{% load i18n %}
{% translate "A page of ours" %}
{% blocktranslate trimmed count n=2 %}
  {{ n }} line of ours
{% plural %}
  {{ n }} lines of ours
{% endblocktranslate %}
"""
RUSSIAN = (
    'msgid "A meter of ours"\nmsgstr "Счётчик"\n\n'
    'msgid "A reading of ours"\nmsgstr "Показание"\n\n'
    'msgctxt "portal"\nmsgid "A number of ours"\nmsgstr "Номер"\n\n'
    'msgid "%(n)d account of ours"\nmsgid_plural "%(n)d accounts of ours"\n'
    'msgstr[0] "%(n)d счёт"\nmsgstr[1] "%(n)d счёта"\nmsgstr[2] "%(n)d счетов"\n\n'
    'msgid "A page of ours"\nmsgstr "Страница"\n\n'
    'msgid "%(n)s line of ours"\nmsgid_plural "%(n)s lines of ours"\n'
    'msgstr[0] "%(n)s строка"\nmsgstr[1] "%(n)s строки"\nmsgstr[2] "%(n)s строк"\n'
)


class Project:
    """A project with one app, one template and a catalogue."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("portal/office/views.py", CODE)
        self.write("portal/office/migrations/0001.py", 'from x import gettext as _\n_("Text of a migration")\n')
        self.write("templates/office/page.html", TEMPLATE)
        self.write("templates/office/logo.svg", "<svg/>")
        self.catalogue(RUSSIAN)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def catalogue(self, entries: str, app: str = "office") -> None:
        self.write(f"portal/{app}/locale/ru/LC_MESSAGES/django.po", HEAD + entries)

    def refused(self) -> str:
        with pytest.raises(CommandError) as refusal:
            call_command("check_translations")
        return str(refusal.value)


@pytest.fixture
def project(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Project:
    settings.ROOT = tmp_path
    monkeypatch.setattr(command, "_their_catalogues", lambda *names: [])
    return Project(tmp_path)


def test_every_text_has_its_russian(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_translations")
    assert capsys.readouterr().out.strip() == "every text has its Russian"


@pytest.mark.parametrize(
    "text",
    ["A meter of ours", "A reading of ours", "A number of ours", "account of ours", "A page of ours", "line of ours"],
)
def test_a_text_without_its_russian_is_named(project: Project, text: str) -> None:
    entries = RUSSIAN.split("\n\n")
    left = [entry for entry in entries if text not in entry]
    assert len(left) == len(entries) - 1
    project.catalogue("\n\n".join(left) + "\n")
    said = project.refused()
    assert said.startswith("1 texts without Russian:")
    assert text in said


def test_a_fuzzy_entry_is_no_translation(project: Project) -> None:
    project.catalogue(RUSSIAN.replace('msgid "A page of ours"', '#, fuzzy\nmsgid "A page of ours"'))
    assert "A page of ours" in project.refused()


def test_a_text_that_nothing_says_any_more_is_named(project: Project) -> None:
    project.catalogue(RUSSIAN + '\nmsgid "A word of yesterday"\nmsgstr "Вчера"\n')
    said = project.refused()
    assert said.splitlines()[1:] == ["office: 'A word of yesterday'"]


def test_a_text_of_a_migration_is_not_asked_for(project: Project) -> None:
    project.catalogue(RUSSIAN + '\nmsgid "Text of a migration"\nmsgstr "Из миграции"\n')
    assert "Text of a migration" in project.refused()


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ('msgid "A meter of ours\nmsgstr "Счётчик"\n', "end-of-line"),
        ('#, python-format\nmsgid "%(n)d meter"\nmsgstr "%(m)d счётчик"\n', "'m'"),
    ],
)
def test_a_broken_catalogue_is_refused_first(project: Project, entry: str, why: str) -> None:
    project.catalogue(entry)
    said = project.refused()
    assert said.startswith("msgfmt --check refuses these:")
    assert why in said


def test_two_apps_that_differ_are_named(project: Project) -> None:
    project.catalogue('msgid "A page of ours"\nmsgstr "Лист"\n', app="billing")
    said = project.refused()
    assert "pgettext" in said
    assert "billing «Лист», office «Страница»" in said


def test_a_word_of_a_package_is_not_renamed(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import subprocess

    theirs = tmp_path / "theirs" / "django.po"
    theirs.parent.mkdir()
    theirs.write_text(HEAD + 'msgid "A page of ours"\nmsgstr "Полоса"\n', encoding="utf-8")
    subprocess.run(["msgfmt", "-o", str(theirs.with_suffix(".mo")), str(theirs)], check=True)
    monkeypatch.setattr(command, "_their_catalogues", lambda *names: [theirs.with_suffix(".mo")])
    said = project.refused()
    assert "they rename words of packages" in said
    assert "«Страница», theirs «Полоса»" in said
    monkeypatch.setattr(command, "OUR_WORDS", {"A page of ours"})
    call_command("check_translations")
