"""A document is laid out: Russian text can be read back, the same data give the same bytes, mistakes are raised."""

import subprocess
import sys
from pathlib import Path

import pytest

from portal.core.models import CompanySettings
from portal.core.pdf import PdfError, render_html
from portal.core.pdf.documents import render_document
from tests.pdf import fonts_of, page_count, text_of, words_of

PAGE = "<style>@page { size: a4; margin: 2cm }</style><style>body { font-family: 'PT Sans' }</style>"


def html(body: str) -> str:
    return f'<html lang="ru"><head><title>Проба</title>{PAGE}</head><body>{body}</body></html>'


def test_russian_text_can_be_read_back_in_all_four_faces() -> None:
    pdf = render_html(html("<p>Счёт № 5 <b>на 1 240,50 ₽</b> <i>«Вода»</i> <b><i>м³</i></b></p>"))
    assert "Счёт № 5 на 1 240,50 ₽ «Вода» м³" in text_of(pdf)
    assert fonts_of(pdf) == {"PTSans-Regular", "PTSans-Bold", "PTSans-Italic", "PTSans-BoldItalic"}


def test_bold_text_keeps_its_face_after_other_documents() -> None:
    for _ in range(3):
        pdf = render_html(html("<p><b>Жирно</b></p>"))
    assert "PTSans-Bold" in fonts_of(pdf)


def test_same_html_gives_the_same_bytes_in_another_process() -> None:
    here = render_html(html("<p>Одинаково</p>"))
    script = (
        "import sys; from portal.core.pdf.engine import render_html;"
        "sys.stdout.buffer.write(render_html(sys.stdin.read()))"
    )
    there = subprocess.run(
        [sys.executable, "-c", script],
        input=html("<p>Одинаково</p>").encode(),
        env={"PYTHONPATH": str(Path(__file__).parents[4]), "PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    ).stdout
    assert here == there


def test_characters_without_a_glyph_do_not_stop_a_document() -> None:
    pdf = render_html(html("<p>Имя \U0001f600 漢 конец\u202eназад\x07</p>"))
    assert "Имя ? ? конецназад" in words_of(pdf)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<style>p { border-collapse: collapse }</style><p>Текст</p>", "border-collapse"),
        ('<style>p { font-family: "Comic Sans" }</style><p>Текст</p>', "comic sans"),
        ('<p>Рисунок <img src="/etc/hostname"></p>', "/etc/hostname"),
    ],
)
def test_a_mistake_in_the_template_is_raised(body: str, complaint: str) -> None:
    with pytest.raises(PdfError) as caught:
        render_html(html(body))
    assert complaint in str(caught.value)


def test_a_stylesheet_without_a_page_is_refused() -> None:
    with pytest.raises(PdfError, match="@page"):
        render_html("<html><body><p>Текст</p></body></html>")


LETTER = """
{% extends "pdf/document.html" %}
{% block heading %}Договор{% endblock %}
{% block body %}<p class="clause">1.1. Абонент: {{ owner }}.</p>{% endblock %}
{% block signatures %}{% include "pdf/signatures.html" %}{% endblock %}
"""


@pytest.fixture
def letter(settings: object, tmp_path: Path) -> str:
    """A template that extends the letterhead."""
    (tmp_path / "letter.html").write_text(LETTER.strip())
    backend = {**settings.TEMPLATES[0]}  # type: ignore[attr-defined]
    backend["DIRS"] = [*backend["DIRS"], tmp_path]
    settings.TEMPLATES = [backend]  # type: ignore[attr-defined]
    return "letter.html"


@pytest.mark.django_db
def test_a_letterhead_document_in_two_copies(letter: str) -> None:
    company = CompanySettings.load()
    company.inn = "5024000016"
    company.save()
    parties = [
        {"role": "Компания", "lines": ["АО «Водоканал Павшино»"], "name": "Орлов П. А."},
        {"role": "Абонент", "lines": ["паспорт 46 00 123456"], "name": "Соколова А. П."},
    ]
    pdf = render_document(letter, {"parties": parties, "owner": "Соколова & <b>дети</b>"}, copies=2)
    text = words_of(pdf)
    assert page_count(pdf) == 2
    assert "Экземпляр 1 из 2" in text
    assert "Экземпляр 2 из 2" in text
    assert "Абонент: Соколова & <b>дети</b>" in text
    assert "ИНН 5024000016" in text
    assert text.count("Орлов П. А.") == 2
    assert "Страница 2" in text
