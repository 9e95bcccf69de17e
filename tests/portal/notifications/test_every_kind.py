"""Every declared kind: its link opens, its permission exists, its texts are texts, something sends it."""

import ast
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
    """Its name, or what uses it in its module, is named by another module: what nothing sends is offered to nobody."""
    sources = [*(ROOT / "portal").rglob("*.py"), *(ROOT / "cms_pages").rglob("*.py")]
    code = {path: path.read_text() for path in sources}
    unsent = []
    for path, text in code.items():
        others = "\n".join(other for elsewhere, other in code.items() if elsewhere != path)
        for name in re.findall(r"^(\w+) = (?:register\(\n\s+NotificationKind|_declare)\(", text, re.MULTILINE):
            senders = {name, *_names_that_use(name, text)}
            if not any(re.search(rf"\b{sender}\b", others) for sender in senders):
                unsent.append(name)
    assert unsent == []


def _names_that_use(name: str, text: str) -> set[str]:
    """Functions and constants of a module that use a name, and those that use these."""
    statements = [
        ({node.name} if isinstance(node, ast.FunctionDef) else _names(node, ast.Store), _names(node, ast.Load))
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.Assign | ast.AnnAssign)
    ]
    wanted = {name}
    while True:
        using = wanted.union(*(defined for defined, used in statements if used & wanted))
        if using == wanted:
            return wanted - {name}
        wanted = using


def _names(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, context)}


def test_a_kind_whose_function_nothing_calls_is_found() -> None:
    module = "def notify_read():\n    send(ANSWER_READ)\n\n\ndef note():\n    notify_read()\n"
    assert _names_that_use("ANSWER_READ", module) == {"notify_read", "note"}
    assert _names_that_use("OTHER", module) == set()
