"""The steps of the setup: what each asks of the data, who may do it and where, what it blocks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cms_pages.tariffs.selectors import tariffs_page_id
from portal.accounts.staff import employees
from portal.billing.enums import SetupStep
from portal.billing.models import KeyRate, Norm, VatRate, WorkdayYear
from portal.billing.reasons import gap_text
from portal.billing.selectors.numbers import rates_in_force
from portal.billing.selectors.setup import SetupGap, setup_gaps
from portal.core.bank_details import account_key_is_right, inn_key_is_right
from portal.core.calendars import month_calendar
from portal.core.formatting import moment_text
from portal.core.models import CHANGE_BANK_DETAILS, CompanySettings, MonthCalendar
from portal.core.periods import Period
from portal.notifications import health as mail_health
from portal.notifications.services.mail_check import test_letter_taken_at
from portal.payments.gateways import gateway_class

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class StepState(models.TextChoices):
    """States of a step."""

    DONE = "done", pgettext_lazy("first steps", "Filled in")
    DEFAULT = "default", _("By default")
    MISSING = "missing", pgettext_lazy("first steps", "Missing")
    WRONG = "wrong", pgettext_lazy("first steps", "Wrong")


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a check found: the state of a step and why, in words."""

    state: StepState
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks share: the month to bill first, its gaps, the company."""

    period: Period
    gaps: tuple[SetupGap, ...]
    company: CompanySettings

    def missing(self, step: SetupStep) -> StepResult | None:
        """What is missing of a step of billing; None when it is done."""
        gaps = [gap for gap in self.gaps if gap.step == step]
        if not gaps:
            return None
        state = StepState.WRONG if any(gap.is_wrong for gap in gaps) else StepState.MISSING
        return StepResult(state, "; ".join(filter(None, map(gap_text, gaps))))


@dataclass(frozen=True, slots=True)
class StepDeclaration:
    """One step. `roles` are groups by name («admin»: the superuser); `permissions`: any of them opens `url`."""

    key: str
    group: "StrOrPromise"
    title: "StrOrPromise"
    blocks: "StrOrPromise"
    roles: tuple[str, ...]
    permissions: tuple[str, ...]
    url: Callable[[], str]
    check: Callable[[Facts], StepResult]
    required: bool = False
    """Whether nothing is issued before it is done."""


def load_facts(period: Period) -> Facts:
    """Return what the checks ask of a month (six queries)."""
    return Facts(period, tuple(setup_gaps(period)), CompanySettings.load())


def _company(facts: Facts) -> StepResult:
    company = facts.company
    if missing := facts.missing(SetupStep.COMPANY):
        return missing
    if not company.bank_details_confirmed and not inn_key_is_right(company.inn):
        return StepResult(StepState.WRONG, _("the control digit of the INN does not match"))
    return StepResult(StepState.DONE, f"{company.legal_name}, {_('INN')} {company.inn}")


def _bank_details(facts: Facts) -> StepResult:
    company = facts.company
    if missing := facts.missing(SetupStep.BANK_DETAILS):
        return missing
    if not company.bank_details_confirmed and not account_key_is_right(company.bank_account, company.bic):
        return StepResult(StepState.WRONG, _("the key of the account does not fit the BIC"))
    return StepResult(StepState.DONE, f"{company.bank_name}, {company.bank_account}")


CONTACTS = ("address", "office_hours", "office_phone", "emergency_phone", "email")


def _contacts(facts: Facts) -> StepResult:
    empty = [name for name in CONTACTS if not getattr(facts.company, name)]
    labels = ", ".join(str(CompanySettings._meta.get_field(name).verbose_name) for name in empty)
    return StepResult(StepState.MISSING, labels) if empty else StepResult(StepState.DONE, facts.company.office_phone)


def _appearance(facts: Facts) -> StepResult:
    company = facts.company
    own = [
        str(CompanySettings._meta.get_field(n).verbose_name) for n in ("logo", "brand_colour") if getattr(company, n)
    ]
    return StepResult(StepState.DONE, ", ".join(own)) if own else StepResult(StepState.DEFAULT)


def _calendar(facts: Facts) -> StepResult:
    month = month_calendar(facts.period)
    days = _("readings %(opens)s to %(closes)s, closing on %(closing)s, receipts by %(receipts)s") % {
        "opens": month.window_opens.day,
        "closes": month.window_closes.day,
        "closing": month.closing_day.day,
        "receipts": month.receipts_day.day,
    }
    return StepResult(StepState.DONE if MonthCalendar.objects.active().exists() else StepState.DEFAULT, days)


def _workdays(facts: Facts) -> StepResult:
    year = facts.period.next.year
    entered = WorkdayYear.objects.active().filter(year=year).exists()
    return StepResult(StepState.DONE if entered else StepState.MISSING, str(year))


def _tariffs(facts: Facts) -> StepResult:
    if missing := facts.missing(SetupStep.RATES):
        return missing
    rates = rates_in_force(facts.period.last_day)
    if not rates:
        return StepResult(StepState.MISSING)
    return StepResult(StepState.DONE, "; ".join(str(rate) for rate in rates.values()))


def _norms(facts: Facts) -> StepResult:
    if missing := facts.missing(SetupStep.NORMS):
        return missing
    norms = {norm.service: norm for norm in Norm.objects.active().order_by("valid_from")}
    if not norms:
        return StepResult(StepState.MISSING)
    return StepResult(StepState.DONE, "; ".join(str(norm) for norm in norms.values()))


def _key_rate(facts: Facts) -> StepResult:
    rate = KeyRate.objects.active().order_by("-valid_from").first()
    return StepResult(StepState.DONE, f"{rate.percent.normalize():f} %") if rate else StepResult(StepState.MISSING)


def _vat(facts: Facts) -> StepResult:
    rate = VatRate.objects.active().order_by("-valid_from").first()
    if rate is None:
        return StepResult(StepState.DEFAULT, _("receipts name no VAT"))
    return StepResult(StepState.DONE, str(rate))


def _accounts(facts: Facts) -> StepResult:
    return facts.missing(SetupStep.ACCOUNTS) or StepResult(StepState.DONE)


def _employees(facts: Facts) -> StepResult:
    count = employees().filter(is_active=True, is_superuser=False).count()
    return StepResult(StepState.DONE, str(count)) if count else StepResult(StepState.MISSING)


def _mail(facts: Facts) -> StepResult:
    if settings.EMAIL_BACKEND.endswith("UnconfiguredBackend"):
        return StepResult(StepState.MISSING, _("EMAIL_URL is empty in portal.env: letters wait and are not sent"))
    if waiting := mail_health.waiting_error():
        return StepResult(StepState.WRONG, waiting)
    accepted_at = test_letter_taken_at()
    if accepted_at is None:
        return StepResult(StepState.MISSING, _("not tried yet: send yourself a test letter"))
    return StepResult(StepState.DONE, _("a test letter was taken on %(moment)s") % {"moment": moment_text(accepted_at)})


def _gateway(facts: Facts) -> StepResult:
    code = settings.PAYMENT_GATEWAY
    if not code:
        return StepResult(StepState.DEFAULT, _("no cards are taken: residents are shown the bank details"))
    problems = list(gateway_class(code).setting_problems())
    return StepResult(StepState.WRONG, " ".join(problems)) if problems else StepResult(StepState.DONE, code)


def _setting(app: str, model: str) -> Callable[[], str]:
    return lambda: reverse("wagtailsettings:edit", args=[app, model])


def _named(name: str, *arguments: str) -> Callable[[], str]:
    return lambda: reverse(name, args=arguments)


def _tariffs_url() -> str:
    page_id = tariffs_page_id()
    return reverse("wagtailadmin_explore", args=[page_id]) if page_id else reverse("wagtailadmin_explore_root")


COMPANY, MONTH, NUMBERS = gettext_lazy("Company"), gettext_lazy("The month"), gettext_lazy("Prices and norms")
PEOPLE, SERVICES = gettext_lazy("Residents and staff"), gettext_lazy("Mail and cards")
NOTHING_ISSUED = gettext_lazy("No month is closed, no receipt is issued.")
COMPANY_URL = _setting("core", "companysettings")
STEPS = (
    StepDeclaration(
        "company",
        COMPANY,
        gettext_lazy("Name and INN"),
        NOTHING_ISSUED,
        ("accountant",),
        (CHANGE_BANK_DETAILS,),
        COMPANY_URL,
        _company,
        required=True,
    ),
    StepDeclaration(
        "bank-details",
        COMPANY,
        gettext_lazy("Bank details"),
        NOTHING_ISSUED,
        ("accountant",),
        (CHANGE_BANK_DETAILS,),
        COMPANY_URL,
        _bank_details,
        required=True,
    ),
    StepDeclaration(
        "contacts",
        COMPANY,
        gettext_lazy("Contacts of the company"),
        gettext_lazy("Receipts, letters and the site name no phone and no address."),
        ("editor", "accountant"),
        ("core.change_companysettings",),
        COMPANY_URL,
        _contacts,
    ),
    StepDeclaration(
        "appearance",
        COMPANY,
        gettext_lazy("Logo and colour"),
        gettext_lazy("Nothing: the site shows the default logo and colours."),
        ("editor", "accountant"),
        ("core.change_companysettings",),
        COMPANY_URL,
        _appearance,
    ),
    StepDeclaration(
        "calendar",
        MONTH,
        gettext_lazy("Days of readings, closing and receipts"),
        gettext_lazy("Nothing: the days of the Housing Code apply."),
        ("accountant",),
        ("core.add_monthcalendar",),
        _named("office_number", "month-calendar"),
        _calendar,
    ),
    StepDeclaration(
        "workdays",
        MONTH,
        gettext_lazy("Working-day calendar of the year"),
        NOTHING_ISSUED,
        ("accountant",),
        ("billing.add_workdayyear",),
        _named("office_number", "workday-year"),
        _workdays,
        required=True,
    ),
    StepDeclaration(
        "rates",
        NUMBERS,
        SetupStep.RATES.label,
        NOTHING_ISSUED,
        ("editor", "accountant"),
        ("cms_tariffs.adopt_rates", "cms_core.change_publishingrules"),
        _tariffs_url,
        _tariffs,
        required=True,
    ),
    StepDeclaration(
        "norms",
        NUMBERS,
        SetupStep.NORMS.label,
        gettext_lazy("No receipt is issued; accounts without readings are not closed."),
        ("accountant",),
        ("billing.add_norm",),
        _named("office_number", "norm"),
        _norms,
        required=True,
    ),
    StepDeclaration(
        "key-rate",
        NUMBERS,
        gettext_lazy("Key rate"),
        gettext_lazy("Accounts with a debt overdue for more than 30 days are not closed."),
        ("accountant",),
        ("billing.add_keyrate",),
        _named("office_number", "key-rate"),
        _key_rate,
    ),
    StepDeclaration(
        "vat",
        NUMBERS,
        gettext_lazy("VAT in tariffs"),
        gettext_lazy("Nothing: receipts say nothing of VAT."),
        ("accountant",),
        ("billing.add_vatrate",),
        _named("office_number", "vat"),
        _vat,
    ),
    StepDeclaration(
        "accounts",
        PEOPLE,
        SetupStep.ACCOUNTS.label,
        NOTHING_ISSUED,
        ("registrar",),
        ("office.import_accounts",),
        _named("office_import", "accounts"),
        _accounts,
        required=True,
    ),
    StepDeclaration(
        "employees",
        PEOPLE,
        gettext_lazy("Logins of employees"),
        gettext_lazy("Only the administrator can work."),
        ("admin",),
        ("accounts.add_user",),
        _named("wagtailusers_users:index"),
        _employees,
    ),
    StepDeclaration(
        "mail",
        SERVICES,
        gettext_lazy("Mail server"),
        gettext_lazy("Residents get no letters, nobody recovers a password."),
        ("admin",),
        (),
        lambda: "",
        _mail,
    ),
    StepDeclaration(
        "gateway",
        SERVICES,
        gettext_lazy("Payments by card"),
        gettext_lazy("Nothing: residents pay by the bank details and the payment code."),
        ("admin",),
        (),
        lambda: "",
        _gateway,
    ),
)
