"""An entry of our catalogues does not rename a word on Wagtail's own screens."""

from pathlib import Path

from django.core.management import call_command
from django.utils import translation
from django.utils.translation import gettext

from portal.operations.management.commands.check_translations import (
    SCREENS,
    _their_catalogues,
    broken_catalogues,
    disputed_texts,
    renamed_texts,
    unused_texts,
)

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def test_a_renamed_word_is_found_and_one_with_a_context_is_not(tmp_path: Path) -> None:
    path = tmp_path / "portal" / "office" / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(HEAD + 'msgid "Preview"\nmsgstr "Показать"\n', encoding="utf-8")
    (complaint,) = renamed_texts([path], _their_catalogues(*SCREENS))
    assert "Предпросмотр" in complaint
    path.write_text(HEAD + 'msgctxt "portal"\nmsgid "Preview"\nmsgstr "Показать"\n', encoding="utf-8")
    assert renamed_texts([path], _their_catalogues(*SCREENS)) == []


def test_a_catalogue_that_loses_a_placeholder_is_found(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    entry = '#, python-format\nmsgid "Hello, %(name)s"\nmsgstr "Здравствуйте"\n'
    path.write_text(HEAD + entry, encoding="utf-8")
    (complaint,) = broken_catalogues([path])
    assert "'name'" in complaint
    path.write_text(HEAD + entry.replace("python-format", "no-python-format"), encoding="utf-8")
    assert broken_catalogues([path]) == []


def test_two_apps_that_differ_on_a_word_are_found(tmp_path: Path) -> None:
    paths = []
    for app, words in (("office", "Принята"), ("payments", "Получено"), ("ledger", "Принята")):
        path = tmp_path / app / "locale" / "ru" / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True)
        path.write_text(HEAD + f'msgid "Received"\nmsgstr "{words}"\n', encoding="utf-8")
        paths.append(path)
    assert disputed_texts(paths) == ["'Received': office «Принята», payments «Получено»"]
    assert disputed_texts([paths[0], paths[2]]) == []


def test_an_entry_that_nothing_says_any_more_is_found(tmp_path: Path) -> None:
    path = tmp_path / "portal" / "office" / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    entries = (
        'msgid "In code"\nmsgstr "В коде"\n\nmsgid "Preview"\nmsgstr "Предпросмотр"\n\nmsgid "Gone"\nmsgstr "Нет"\n'
    )
    path.write_text(HEAD + entries, encoding="utf-8")
    wanted = tmp_path / "wanted.pot"
    wanted.write_text(HEAD + 'msgid "In code"\nmsgstr ""\n', encoding="utf-8")
    assert unused_texts([path], wanted, _their_catalogues(*SCREENS)) == ["office: 'Gone'"]


def test_no_text_is_without_its_russian_or_renames_another() -> None:
    call_command("check_translations")
    with translation.override("ru"):
        assert gettext("Preview") == "Предпросмотр"
        assert gettext("Create") == "Создать"
