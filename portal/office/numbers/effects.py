"""The effect of a change of a number, as screens show it: on its form, and on the page where it is approved."""

from typing import Any

from portal.approvals.models import NumberRequest
from portal.approvals.services import current_facts
from portal.billing.exceptions import NumberGone
from portal.billing.number_types import TYPES
from portal.billing.questions import Question
from portal.billing.reasons import question_text
from portal.billing.selectors import ChangePreview, preview_number_change
from portal.billing.selectors.number_changes import VatPreview, WorkdayPreview
from portal.billing.selectors.previews import KeyRatePreview, NumberPreview
from portal.billing.selectors.rule_changes import RulesPreview
from portal.billing.services.number_requests import OWNER, change_of
from portal.core import clock
from portal.core.formatting import money_text

TEMPLATES: dict[type[Any], str] = {
    NumberPreview: "office/numbers/_number.html",
    KeyRatePreview: "office/numbers/_key_rate.html",
    VatPreview: "office/numbers/_vat.html",
    WorkdayPreview: "office/numbers/_workday.html",
    RulesPreview: "office/numbers/_rules.html",
}


def effect_context(preview: ChangePreview) -> dict[str, Any]:
    """Return what the templates of a change need."""
    numbered = TYPES[preview.change.kind]
    return {
        "preview": preview,
        "kind_label": preview.change.kind.label,
        "effect": TEMPLATES.get(type(preview.effect), ""),
        "value_label": numbered.model._meta.get_field(numbered.value).verbose_name,  # type: ignore[union-attr]
        "questions": [_asked(question, preview) for question in preview.questions],
    }


def request_effect(request: NumberRequest) -> dict[str, Any]:
    """Return what a number that waits would change now; `gone` when the number that it changes counts no longer."""
    if request.details["owner"] != OWNER:
        return {"facts": current_facts(request)}
    try:
        return effect_context(preview_number_change(change_of(request), today=clock.today()))
    except NumberGone:
        return {"gone": True}


def _asked(question: Question, preview: ChangePreview) -> str:
    text = question_text(question)
    if question.code == "times" and preview.extra is not None:
        sign = "+" if preview.extra > 0 else ""
        return f"{text} {sign}{money_text(preview.extra)}."
    return text
