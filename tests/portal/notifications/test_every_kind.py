"""Every declared kind: its link opens, its permission exists, its texts are texts, something sends it."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.urls import resolve
from django.utils.module_loading import import_string

from portal.core.sections import FOOTER
from portal.notifications.categories import REFUSABLE
from portal.notifications.declarations import Link, NotificationKind, all_kinds, fill
from portal.notifications.enums import Language
from portal.notifications.texts import check_placeholders

ROOT = Path(__file__).resolve().parents[3]
KINDS = all_kinds()
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def links(kind: NotificationKind) -> list[Link]:
    return [link for link in (kind.link, kind.employee_link, kind.guest_link) if link is not None]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_its_links_lead_to_a_page(kind: NotificationKind) -> None:
    for link in links(kind):
        if link.section is not None:
            assert link.section in FOOTER
            continue
        path = link.path(link.sample)
        assert resolve(path.partition("?")[0]).view_name == link.name
        assert path.startswith("/admin/") == (kind.category.for_staff or link is kind.employee_link)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_its_texts_are_made_of_words_and_known_placeholders(kind: NotificationKind) -> None:
    for text in (kind.russian, kind.english):
        check_placeholders(text.subject, kind.placeholders.keys() - kind.secrets)
        check_placeholders(text.body, kind.placeholders, required=kind.required)
        for part in (text.subject, text.body):
            assert re.sub(r"\{\w+\}", "", part).strip(), "nothing but a placeholder cannot be edited"
    assert not CYRILLIC.search(kind.english.subject + kind.english.body)
    assert CYRILLIC.search(kind.russian.subject)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_its_samples_fill_its_texts(kind: NotificationKind, language: Language) -> None:
    text = fill(kind.default(language), kind.samples(language))
    assert text.subject
    assert text.body
    assert "{" not in text.subject + text.body
    assert "__proxy__" not in text.body


@pytest.mark.django_db
def test_every_permission_exists() -> None:
    existing = {f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")}
    assert {kind.permission for kind in KINDS if kind.permission} <= existing


def test_what_is_made_at_sending_has_a_function() -> None:
    secret = [kind for kind in KINDS if kind.secrets]
    assert secret
    assert all(callable(import_string(kind.values_at_sending)) for kind in secret)


def test_every_category_that_can_be_refused_has_a_kind() -> None:
    assert {category.code for category in REFUSABLE} <= {kind.category.code for kind in all_kinds()}


def test_every_kind_is_sent_by_something() -> None:
    """Its name stands somewhere besides its declaration; a kind that nothing sends is not offered to anybody."""
    sources = [*(ROOT / "portal").rglob("*.py"), *(ROOT / "cms_pages").rglob("*.py")]
    code = "\n".join(path.read_text() for path in sources)
    declared = re.findall(r"^(\w+) = (?:register\(\n\s+NotificationKind|_declare)\(", code, re.MULTILINE)
    assert len(declared) >= len(KINDS) - 10
    assert [name for name in declared if len(re.findall(rf"\b{name}\b", code)) < 2] == []
