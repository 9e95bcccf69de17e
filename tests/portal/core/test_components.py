"""Components render their arguments, for screen readers too."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
import wagtail.admin
import wagtail_modeladmin
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.test import Client

from portal.core.charts import Bar, BarChart, axis_step
from portal.core.step_charts import PriceStep, StepChart, StepSeries

ROOT = Path(settings.ROOT)


def render(source: str, **context: object) -> str:
    return Template("{% load ui portal_text %}" + source).render(Context(context))


class AskForm(forms.Form):
    email = forms.EmailField(label="E-mail", help_text="Куда ответить.")
    note = forms.CharField(label="Текст", widget=forms.Textarea, required=False)


def test_a_field_ties_its_hint_and_error_to_the_control() -> None:
    shown = render("{% field form.email %}", form=AskForm({"email": "nobody"}))
    assert 'aria-invalid="true"' in shown
    assert 'aria-describedby="id_email_helptext id_email_error"' in shown
    assert 'id="id_email_helptext"' in shown
    assert 'id="id_email_error"' in shown
    assert 'value="nobody"' in shown


def test_the_summary_links_to_the_field_and_is_silent_without_errors() -> None:
    assert 'href="#id_email"' in render("{% error_summary form %}", form=AskForm({"email": ""}))
    assert render("{% error_summary form %}", form=AskForm({"email": "a@b.example"})).strip() == ""


def test_the_summary_counts_fields_not_messages() -> None:
    form = AskForm({"email": "a@b.example"})
    for words in ("a.exe: не принимаем", "b.exe: не принимаем"):
        form.add_error("note", words)
    assert "Проверьте 1 поле" in render("{% error_summary form %}", form=form)


@pytest.mark.parametrize(
    ("code", "title"), [("rate_limited", "Подождите"), ("paused", "Подождите"), ("wrong", "Не получилось")]
)
def test_the_summary_blames_no_field_for_what_is_no_fields_fault(code: str, title: str) -> None:
    form = AskForm({"email": "a@b.example"})
    form.add_error(None, forms.ValidationError("Слишком много попыток.", code=code))
    shown = render("{% error_summary form %}", form=form)
    assert title in shown
    assert "Проверьте" not in shown


@pytest.mark.django_db
def test_the_sheet_is_for_developers_only(client: Client, settings: object) -> None:
    assert client.get("/design/").status_code == 404
    settings.DEBUG = True  # type: ignore[attr-defined]
    assert client.get("/design/").status_code == 200


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (ROOT / "site/static/icons/sprite.svg").read_text()
    known = set(re.findall(r'symbol id="([\w-]+)"', sprite))
    named = set()
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        named |= set(re.findall(r'{% icon "([\w-]+)"', text)) | set(re.findall(r'icon_name="([\w-]+)"', text))
    assert named <= known, named - known


def test_every_class_of_the_style_sheets_is_used() -> None:
    packages = [Path(module.__file__).parent / "templates" for module in (wagtail_modeladmin, wagtail.admin)]
    written = {
        name
        for folder in (*(ROOT / folder for folder in ("templates", "portal", "cms_pages", "site/static/js")), *packages)
        for path in folder.rglob("*")
        if path.suffix in {".html", ".py", ".js"} and "migrations" not in path.parts
        for name in re.findall(r"[A-Za-z][\w-]*", path.read_text())
    } | {"helptext", "errorlist", "field-"}  # Django's own, and the columns of a list
    completed = tuple(name for name in written if name.endswith(("-", "__")))  # badge--{{ kind }}
    unused = set()
    for sheet in (ROOT / "site/static/css").glob("*.css"):
        selectors = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", sheet.read_text(), flags=re.DOTALL)
        named = set(re.findall(r"\.([A-Za-z][\w-]*)", selectors))
        unused |= {f"{sheet.name}: {name}" for name in named - written if not name.startswith(completed)}
    assert unused == set()


def test_every_static_file_that_a_template_names_is_there() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        for name in re.findall(r"""{% static ["']([^"']+)["']""", path.read_text()):
            assert finders.find(name), f"{path}: {name}"


def test_no_template_of_the_site_has_inline_style_or_script() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        if {"pdf", "admin", "office", "wagtailadmin"} & set(path.parts):
            continue
        assert not re.search(r"<script(?![^>]*(?:\bsrc=|application/ld\+json))", text), path
        assert not re.search(r"\son(click|load|change|submit)=", text), path


@pytest.mark.parametrize(("top", "step"), [("8.4", "3"), ("0.9", "0.3"), ("40", "20"), ("0", "1")])
def test_an_axis_has_round_steps(top: str, step: str) -> None:
    rounded = axis_step(Decimal(top))
    assert rounded == Decimal(step)


def test_bars_stay_inside_their_drawing_and_the_norm_above_them() -> None:
    bars = [Bar("окт", "октябрь", Decimal("6.3"), Decimal("7.9")), Bar("ноя", "ноябрь", None)]
    drawing = BarChart(bars, "м³", "итог", Decimal("8.4")).draw(300, 200)
    assert all(bar.y >= 0 and bar.y + bar.height <= 200 and bar.x >= drawing.left for bar in drawing.bars)
    assert drawing.norm_y is not None
    assert drawing.norm_y <= drawing.bars[0].y
    assert drawing.bars[1].height == 0


def test_a_column_says_its_numbers_inside_the_drawing() -> None:
    bars = [Bar("окт", "октябрь 2026", Decimal("6.335"), Decimal(7)), Bar("ноя", "ноябрь 2026", None)]
    drawing = BarChart(bars, "м³", "итог", tick_label="год назад").draw(240, 270)
    assert drawing.bars[0].spoken == "октябрь 2026, 6,335 м³, год назад: 7,000"
    assert drawing.bars[1].spoken == "ноябрь 2026, —"
    for bar in drawing.bars:
        assert bar.tip.x >= 0
        assert bar.tip.x + bar.tip.width <= 240
        assert bar.tip.height < drawing.plot_y


def test_parts_of_a_bar_fill_it_without_a_gap() -> None:
    bar = Bar("окт", "октябрь", Decimal(30), parts=[Decimal(10), Decimal(0), Decimal(20)])
    (drawn,) = BarChart([bar], "₽", "итог", parts=["а", "б", "в"]).draw(300, 270).bars
    lower, upper = drawn.parts
    assert (lower.index, upper.index) == (0, 2)
    assert upper.y + upper.height == lower.y
    assert upper.y == drawn.y


def test_lines_that_would_flatten_one_another_are_drawn_apart() -> None:
    day = dt.date(2026, 1, 1)
    cold, hot = (StepSeries(name, [PriceStep(day, Decimal(price))]) for name, price in (("а", 60), ("б", 300)))
    near = StepSeries("в", [PriceStep(day, Decimal(70))])
    assert [len(part.series) for part in StepChart([cold, hot], dt.date(2026, 6, 1), "итог").readable()] == [1, 1]
    assert len(StepChart([cold, near], dt.date(2026, 6, 1), "итог").readable()) == 1


def test_a_chart_has_its_numbers_as_a_table() -> None:
    chart = BarChart([Bar("окт", "октябрь 2026", Decimal("6.335"))], "м³", "Октябрь: 6,335 м³")
    shown = render("{% bar_chart chart %}", chart=chart)
    assert re.search(r'<th scope="row">\s*октябрь 2026', shown)
    assert "6,335" in shown
    assert shown.count('class="chart__slot"') == 3


def test_labels_of_near_lines_do_not_cover_each_other() -> None:
    day = dt.date(2026, 1, 1)
    series = [StepSeries("a", [PriceStep(day, Decimal(50))]), StepSeries("b", [PriceStep(day, Decimal("50.1"))])]
    upper, lower = StepChart(series, dt.date(2026, 6, 1), "итог").draw(300, 200).series
    assert abs(upper.end_y - lower.end_y) >= 16


def test_the_window_gauge_says_in_words_what_it_draws() -> None:
    shown = render(
        "{% gauge opens closes today %}",
        opens=dt.date(2026, 11, 10),
        closes=dt.date(2026, 11, 20),
        today=dt.date(2026, 11, 15),
    )
    assert shown.count("gauge__day--past") == 5
    assert shown.count("gauge__day--now") == 1
    assert shown.count("gauge__day--ahead") == 5
    assert "осталось 5 дней" in shown
