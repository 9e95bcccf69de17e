"""What is pasted or posted past the editor is stored clean: marks of others go, the words stay."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from wagtail.test.utils.form_data import inline_formset, streamfield

from cms_pages.contacts.models import ContactsPage
from cms_pages.core.blocks import TableBlock
from cms_pages.core.richtext import CleanRichTextArea, tidy
from cms_pages.home.models import HomePage
from cms_pages.standard.models import StandardPage
from tests.cms_pages.editing import edit, form, staff, standard

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]


def _block(
    text: str, kind: str = "unstyled", *, styles: tuple[str, ...] = (), entity: int | None = None
) -> dict[str, Any]:
    whole = {"offset": 0, "length": len(text)}
    return {
        "key": "abcde",
        "text": text,
        "type": kind,
        "depth": 0,
        "inlineStyleRanges": [{**whole, "style": style} for style in styles],
        "entityRanges": [] if entity is None else [{**whole, "key": entity}],
    }


def _content(*blocks: dict[str, Any], **entities: tuple[str, dict[str, Any]]) -> str:
    known = {key[1:]: {"type": kind, "mutability": "MUTABLE", "data": data} for key, (kind, data) in entities.items()}
    return json.dumps({"blocks": blocks, "entityMap": known})


FOREIGN = _content(
    _block("Цвет", styles=("BOLD", "COLOR_red", "FONT_Calibri")),
    _block("Таблица", "mso-table"),
    _block("Большой", "header-one"),
    _block("Картинка", entity=0),
    _block("Программа", entity=1),
    _block("Файл", entity=2),
    _block("Чужая страница", entity=3),
    _block("Закон", entity=4),
    _block("Вставка", "atomic", entity=5),
    e0=("IMAGE", {"id": 1, "src": "x", "alt": '" onerror=alert(1)'}),
    e1=("LINK", {"url": "java\tscript:alert(1)"}),
    e2=("DOCUMENT", {"id": "1 or 1"}),
    e3=("LINK", {"id": "9" * 30}),
    e4=("LINK", {"url": "https://pravo.gov.ru/", "onclick": "alert(1)"}),
    e5=("EMBED", {"url": "https://evil.example/", "html": "<script>alert(1)</script>"}),
)
CLEAN = (
    "<p><b>Цвет</b></p><p>Таблица</p><p>Большой</p><p>Картинка</p><p>Программа</p><p>Файл</p><p>Чужая страница</p>"
    '<p><a href="https://pravo.gov.ru/">Закон</a></p><p>Вставка</p>'
)


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(staff("editor"))
    return client


def _stored(html: str) -> str:
    return re.sub(r' data-block-key="\w+"', "", html)


def test_foreign_marks_in_a_rich_text_field_are_taken_off(editor: Client, client: Client) -> None:
    page = ContactsPage.objects.get()
    data = form(
        "action-publish",
        title="Контакты",
        slug="contacts",
        summary="",
        directions=FOREIGN,
        map_link="",
        departments=inline_formset([]),
    )
    edit(editor, page, data)
    assert _stored(ContactsPage.objects.get().directions) == CLEAN
    html = client.get("/contacts/").content.decode()
    assert "Чужая страница" in html
    assert "onerror" not in html


def test_foreign_marks_in_a_block_of_a_body_are_taken_off(editor: Client) -> None:
    page = StandardPage(title="Пени", slug="peni")
    HomePage.objects.get().add_child(instance=page)
    edit(editor, page, standard("action-publish", title="Пени", slug="peni", body=streamfield([("text", FOREIGN)])))
    (block,) = StandardPage.objects.get(slug="peni").body
    assert _stored(block.value.source) == CLEAN


def test_what_is_no_rich_text_is_a_bad_request_and_no_failure(editor: Client) -> None:
    page = ContactsPage.objects.get()
    for posted in ("{", "[]", '{"blocks": [1], "entityMap": {}}', '{"blocks": [{}], "entityMap": {}}'):
        data = form("action-publish", title="К", slug="contacts", directions=posted, departments=inline_formset([]))
        assert editor.post(f"/admin/pages/{page.pk}/edit/", data).status_code == 400, posted


def test_words_leftovers_go_and_a_needed_no_break_space_stays() -> None:
    pasted = (
        '<p data-block-key="a">\u00a0\u00a0 Воды\u00a0\u00a0 не \u200bбу\u00adдет до 20\u00a0ноября\u00a0</p>'
        '<p data-block-key="b">\u00a0</p><ul><li data-block-key="c"></li><li data-block-key="d">краны</li></ul>'
    )
    assert _stored(tidy(pasted)) == "<p>Воды не будет до 20\u00a0ноября</p><ul><li>краны</li></ul>"


def test_a_table_copied_from_a_spreadsheet_is_a_table() -> None:
    html = TableBlock().render({"caption": "Промывка", "rows": "Дом\tЧасы\nРечная, 4\t9:00–14:00\n"})
    assert '<th scope="col">Часы</th>' in html
    assert "<td>9:00–14:00</td>" in html


def test_every_rich_text_of_the_site_uses_the_clean_editor() -> None:
    from wagtail.admin.rich_text import get_rich_text_editor_widget

    assert isinstance(get_rich_text_editor_widget(), CleanRichTextArea)
