"""Rules of templates that djlint does not check: no comparisons with strings, no long lines."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).parents[1] / "templates"
CONDITION = re.compile(r"\{%-?\s*(?:if|elif)\s(.*?)%\}")
WITH_A_STRING = re.compile(r"""(?:[!=]=|\b(?:not\s+)?in)\s*(?:"[^"]+"|'[^']+')|(?:"[^"]+"|'[^']+')\s*[!=]=""")
ALLOWED_COMPARISONS = {
    "components/field.html": "the {% field %} tag chooses the layout by the widget",
    "office/form_fields.html": "Django's name of a widget's type",
    "office/registration/_field.html": "Django's name of a widget's type",
    "pdf/receipt.html": "the printer asks for one section by its name",
    "base.html": "the code of a language, as Django names it",
}
"""Templates that may compare with a string, and why: none of these strings is a state of an object."""


def templates() -> dict[str, str]:
    return {str(path.relative_to(TEMPLATES)): path.read_text() for path in sorted(TEMPLATES.rglob("*.html"))}


def comparisons(text: str) -> list[str]:
    return [condition for condition in CONDITION.findall(text) if WITH_A_STRING.search(condition)]


def test_a_comparison_with_a_string_is_found() -> None:
    assert comparisons("""{% if payment.state == "succeeded" %}{% elif 'x' != kind %}{% if a in "bc" %}""")
    assert not comparisons("{% if value == kind and payment.is_paid or count == 0 %}")


def test_no_template_compares_with_a_string() -> None:
    """Renaming a value of an enum silently breaks such a comparison; a property of the object is checked by mypy."""
    offences = {name: comparisons(text) for name, text in templates().items() if name not in ALLOWED_COMPARISONS}
    assert {name: conditions for name, conditions in offences.items() if conditions} == {}


def test_the_exceptions_are_needed() -> None:
    texts = templates()
    assert [name for name in ALLOWED_COMPARISONS if not comparisons(texts[name])] == []


LONGEST_LINE = 120
LONG_LINES = {
    "contacts/contacts_page.html": "{% srcset_image %}: a tag of Django cannot be broken",
    "news/card.html": "{% srcset_image %}: a tag of Django cannot be broken",
    "news/news_page.html": "{% srcset_image %}: a tag of Django cannot be broken",
    "pages/blocks/picture.html": "{% srcset_image %}: a tag of Django cannot be broken",
    "office/interruptions.html": "a text with a percent sign, which {% blocktranslate %} would double",
    "wagtailusers/users/create.html": "an attribute of Wagtail's tabs",
}
"""Templates with a line that cannot be broken, and why. Papers and letters are laid out for their own renderers."""


def long_lines(name: str, text: str) -> list[str]:
    if name.startswith(("pdf/", "notifications/")):
        return []
    return [line.strip() for line in text.splitlines() if len(line) > LONGEST_LINE]


def test_no_template_has_a_long_line() -> None:
    offences = {name: long_lines(name, text) for name, text in templates().items() if name not in LONG_LINES}
    assert {name: lines for name, lines in offences.items() if lines} == {}


def test_the_long_lines_are_few() -> None:
    texts = templates()
    counted = {name: len(long_lines(name, texts[name])) for name in LONG_LINES}
    assert all(1 <= count <= 2 for count in counted.values()), counted
