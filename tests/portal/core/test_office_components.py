"""The components of the staff's screens: labels for phones, escaped values, the chosen filter."""

from django.contrib.auth import get_user_model
from django.template import Context, Template


def render(source: str, **context: object) -> str:
    return " ".join(Template("{% load office_ui ui %}" + source).render(Context(context)).split())


def test_a_cell_has_its_label_and_an_escaped_value() -> None:
    shown = render('{% cell "Сумма" value "office-number" %}', value="<b>1 & 2</b>")
    assert shown == '<td class="office-number" data-label="Сумма">&lt;b&gt;1 &amp; 2&lt;/b&gt;</td>'
    assert render('{% cell "Сумма" value %}', value="") == '<td data-label="Сумма"></td>'


def test_a_fact_is_a_label_and_a_value() -> None:
    assert render('{% fact "Кто" who %}', who="Ё & Ко") == "<div><dt>Кто</dt><dd>Ё &amp; Ко</dd></div>"


def test_a_filter_marks_what_is_chosen() -> None:
    shown = render(
        '{% filter_choice "state" "Состояние" choices "b" everything="Все" %}', choices=[("a", "А"), ("b", "<Б>")]
    )
    assert '<option value="">Все</option>' in shown
    assert '<option value="a">А</option>' in shown
    assert '<option value="b" selected>&lt;Б&gt;</option>' in shown
    assert '<label for="filter-state">Состояние</label>' in shown


def test_a_filter_by_words_keeps_them() -> None:
    assert 'value="&quot;Речная&quot;"' in render('{% filter_text "q" "Улица" words %}', words='"Речная"')


def test_a_badge_without_a_kind_has_no_colour() -> None:
    assert render('{% state_badge "Готово" "ok" %}') == '<span class="office-badge office-badge--ok">Готово</span>'
    assert render('{% state_badge "Ждёт" %}') == '<span class="office-badge">Ждёт</span>'


def test_somebody_without_a_name_is_shown_by_their_login() -> None:
    user_model = get_user_model()
    assert render("{{ user|person_name }}", user=user_model(username="r1", first_name="Анна")) == "Анна"
    assert render("{{ user|person_name }}", user=user_model(username="r1")) == "r1"
    assert render("{{ user|person_name }}", user=None) == "—"
    assert render("{{ user|person_name:'by the timetable' }}", user=None) == "by the timetable"


def test_what_has_ended_fetches_itself_no_more() -> None:
    assert render('{% poll "/x/" 0 %}') == ""
    assert render('{% poll "/x/" 5 select="#s" %}') == (
        'hx-get="/x/" hx-trigger="every 5s" hx-select="#s" hx-swap="outerHTML"'
    )
