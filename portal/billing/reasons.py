"""Why an account was not closed, in words by the reason's code."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import Service
from portal.billing.questions import Question
from portal.billing.selectors.setup import SetupGap
from portal.core.formatting import date_text, exact_text
from portal.core.models import CompanySettings

CLOSING: dict[str, "str | Promise"] = {
    "no_rate": _("No rate is in force"),
    "no_norm": _("No norm is in force"),
    "no_key_rate": _("No key rate for the penalty"),
    "no_due_day": _("The calendar has no due day"),
    "no_persons": _("The norm applies, but it is not known how many persons live there"),
    "earlier_month_open": _("An earlier month of this account was not closed"),
}


def gap_text(gap: SetupGap) -> str:
    """Return what is missing or wrong in a step of the setup, in words, without its name."""
    if gap.is_wrong:
        return gettext("the payment code of receipts has no room for them: shorten the name")
    if gap.fields:
        return ", ".join(str(CompanySettings._meta.get_field(name).verbose_name) for name in gap.fields)
    return ", ".join(str(Service(service).label) for service in gap.services)


def setup_text(gaps: Iterable[SetupGap]) -> str:
    """Return the missing steps of the setup in one line: «Тарифы (Горячая вода); Банковские реквизиты (БИК)»."""
    named = [(str(gap.step.label), gap_text(gap)) for gap in gaps]
    return "; ".join(f"{step} ({missing})" if missing else step for step, missing in named)


DAY_QUESTIONS = {
    "far": gettext_noop("It begins only on %(day)s: is the day right?"),
    "back": gettext_noop("The day %(day)s has passed already: is it right?"),
    "ends_far": gettext_noop("It ends only on %(day)s: is the day right?"),
}


def question_text(question: Question) -> str:
    """Return what to ask whoever enters a number."""
    if question.day is not None:
        return gettext(DAY_QUESTIONS[question.code]) % {"day": date_text(question.day, year=True)}
    if question.code == "switched_off":
        return gettext("«%(label)s» is switched off, though the law has it: is it right?") % {"label": question.label}
    assert question.old is not None  # noqa: S101  # a question about a value has all three
    if question.code == "gone":
        return gettext("Until now it was %(old)s, and from then on there is none: is it right?") % {
            "old": exact_text(question.old)
        }
    assert question.new is not None  # noqa: S101
    shown = {"new": exact_text(question.new), "old": exact_text(question.old), "label": question.label}
    if question.code == "unusual":
        return gettext("«%(label)s»: %(new)s; by the law %(old)s. Is it right?") % shown
    assert question.times is not None  # noqa: S101
    shown["times"] = exact_text(question.times)
    if question.new > question.old:
        return gettext("%(new)s is %(times)s times %(old)s, which is in force: is it right?") % shown
    return gettext("%(new)s is %(times)s times less than %(old)s, which is in force: is it right?") % shown
