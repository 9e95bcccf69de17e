"""Limits of what one person may do with money, and every operation that was counted against them."""

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from portal.accounts.models import Account
from portal.approvals.enums import NumberRule, OperationKind, OperationState


@register_setting(icon="group")
class ApprovalSettings(BaseGenericSetting):
    """From which sum money needs a second person. No role may change it: the superuser's alone."""

    second_person_above = models.DecimalField(
        _("Second person required above, ₽"),
        max_digits=10,
        decimal_places=2,
        default=Decimal("3000.00"),
        validators=[MinValueValidator(Decimal("0.00"))],
        help_text=_(
            "Refunds, corrections and recalculations of one person are added up: for one payment, and for one account "
            "within the days below. What goes above this sum waits for somebody else."
        ),
    )
    account_days = models.PositiveSmallIntegerField(
        _("Added up for one account within, days"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
    )
    day_above = models.DecimalField(
        _("Second person required above, ₽ a day"),
        max_digits=10,
        decimal_places=2,
        default=Decimal("3000.00"),
        validators=[MinValueValidator(Decimal("0.00"))],
        help_text=_("Everything that one person does in a day, with all accounts. Not less than the sum above."),
    )

    two_people_corrections = models.BooleanField(
        _("Corrections and recalculations above these sums"),
        default=True,
        help_text=_("Refunds always take two people above these sums."),
    )
    two_people_reductions = models.BooleanField(
        _("Reductions for outages above these sums"),
        default=True,
        help_text=_("All reductions that one person decides on in a day are added up."),
    )
    two_people_openings = models.BooleanField(
        _("Opening balances from files above these sums"),
        default=True,
        help_text=_("All balances that one person loads in a day are added up."),
    )
    two_people_tariffs = models.BooleanField(
        _("Tariffs"),
        default=True,
        help_text=_("An editor submits a decision, an accountant publishes it. Applies at once."),
    )
    two_people_norms = models.BooleanField(_("Norms"), default=True)
    two_people_coefficients = models.BooleanField(_("Raising coefficients"), default=False)
    two_people_key_rates = models.BooleanField(_("Key rates and their limits"), default=False)
    two_people_vat = models.BooleanField(_("VAT"), default=False)
    two_people_calendar = models.BooleanField(_("Working-day calendar"), default=False)
    two_people_rules = models.BooleanField(_("Month's calendar and rules of calculation"), default=True)
    ask_times = models.DecimalField(
        _("Ask when a number differs by more than, times"),
        max_digits=4,
        decimal_places=2,
        default=Decimal("1.50"),
        validators=[MinValueValidator(Decimal("1.01")), MaxValueValidator(Decimal("50.00"))],
        help_text=_(
            "Compared with the one in force. Whoever enters a price, coefficient, key rate or VAT confirms it "
            "separately."
        ),
    )
    ask_times_norms = models.DecimalField(
        _("Ask when a norm differs by more than, times"),
        max_digits=4,
        decimal_places=2,
        default=Decimal("2.00"),
        validators=[MinValueValidator(Decimal("1.01")), MaxValueValidator(Decimal("50.00"))],
    )

    loosened = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="Who switched a rule off or raised a limit last, and when, by field.",
    )

    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("second_person_above"), FieldPanel("account_days")]),
                FieldPanel("day_above"),
                FieldPanel("two_people_corrections"),
                FieldPanel("two_people_reductions"),
                FieldPanel("two_people_openings"),
            ],
            _("Money"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("two_people_tariffs"),
                FieldPanel("two_people_norms"),
                FieldPanel("two_people_coefficients"),
                FieldPanel("two_people_key_rates"),
                FieldPanel("two_people_vat"),
                FieldPanel("two_people_calendar"),
                FieldPanel("two_people_rules"),
            ],
            _("Numbers that one person enters and another approves"),
        ),
        FieldRowPanel([FieldPanel("ask_times"), FieldPanel("ask_times_norms")]),
    ]

    class Meta:
        verbose_name = _("Money and numbers by two people")
        constraints = [
            models.CheckConstraint(
                name="approvals_day_not_below_single",
                condition=Q(day_above__gte=F("second_person_above")),
                violation_error_message=_("The limit of a day is not below that of one operation."),
            ),
        ]

    def limits_kind(self, kind: str) -> bool:
        """Whether money operations of a kind are under limits: refunds always, the rest while their rule is on."""
        return kind == OperationKind.REFUND or self.two_people_corrections

    def needs_two(self, rule: str) -> bool:
        """Whether numbers of a kind (NumberRule) are approved by a second person."""
        return bool(getattr(self, SWITCHES[NumberRule(rule)]))

    def factor(self, rule: str) -> Decimal:
        """Return how many times a number of a kind may differ from the one in force without being asked about."""
        return self.ask_times_norms if rule == NumberRule.NORM else self.ask_times


SWITCHES = {
    NumberRule.TARIFF: "two_people_tariffs",
    NumberRule.NORM: "two_people_norms",
    NumberRule.COEFFICIENT: "two_people_coefficients",
    NumberRule.KEY_RATE: "two_people_key_rates",
    NumberRule.VAT: "two_people_vat",
    NumberRule.CALENDAR: "two_people_calendar",
    NumberRule.REDUCTION: "two_people_reductions",
    NumberRule.OPENING: "two_people_openings",
    NumberRule.RULES: "two_people_rules",
}


class TwoPersonDecision(models.Model):
    """Request of one employee that another approves or rejects: the same states and rules for money and numbers."""

    reason = models.CharField(_("Reason"), max_length=250, blank=True)
    details = models.JSONField(_("Details"), default=dict, blank=True)
    state = models.CharField(_("State"), max_length=8, choices=OperationState.choices)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Made by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    made_at = models.DateTimeField(pgettext_lazy("approvals", "Made"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)
    answer = models.CharField(_("Answer"), max_length=250, blank=True)

    SHOWN_WITH: ClassVar[tuple[str, ...]] = ("made_by",)

    class Meta:
        abstract = True

    @property
    def owner(self) -> str:
        """The name under which the part that books it has registered."""
        raise NotImplementedError

    @property
    def concerned(self) -> Account | None:
        """Whose account it touches: nobody decides about an account of their own."""
        return None


def decision_constraints(prefix: str) -> list[models.CheckConstraint]:
    """Return constraints of decisions by two people: the states, two different people, a day, a reason to reject."""
    return [
        models.CheckConstraint(name=f"{prefix}_state", condition=Q(state__in=OperationState.values)),
        models.CheckConstraint(
            name=f"{prefix}_two_people",
            condition=~Q(state="approved") | Q(made_by=None) | Q(decided_by=None) | ~Q(made_by=F("decided_by")),
        ),
        models.CheckConstraint(
            name=f"{prefix}_decided_dated",
            condition=Q(state__in=("approved", "rejected"), decided_at__isnull=False)
            | Q(state__in=("alone", "waiting"), decided_at=None)
            | Q(state="void"),
        ),
        models.CheckConstraint(name=f"{prefix}_rejected_why", condition=~Q(state="rejected") | ~Q(answer="")),
    ]


class MoneyOperation(TwoPersonDecision):
    """Operation of an employee with a resident's money: counted against their limits, and approved by another above
    them.

    `amount` in ₽, positive: the resident owes more. `moved` is what is counted, above zero. `subject` names what else
    the sum is counted for («payment:12»); `details` is what the owner of the kind needs to book it.
    """

    kind = models.CharField(_("Kind"), max_length=13, choices=OperationKind.choices)
    key = models.CharField(_("Idempotency key"), max_length=120, unique=True, editable=False)
    account = models.ForeignKey(
        Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="money_operations"
    )
    subject = models.CharField(_("Counted for"), max_length=40, blank=True)
    amount = models.DecimalField(_("Sum, ₽"), max_digits=12, decimal_places=2)
    moved = models.DecimalField(_("Counted, ₽"), max_digits=12, decimal_places=2)
    document = models.CharField(_("Document"), max_length=120, blank=True)
    made_on = models.DateField(_("Day"), help_text=_("The business day whose limit it is counted against."))

    SHOWN_WITH = ("account", "made_by")

    class Meta:
        verbose_name = _("Money operation")
        verbose_name_plural = _("Money operations")
        ordering = ["-made_at", "-pk"]
        permissions = [("approve_operation", _("Can approve money operations of others as the second person"))]
        indexes = [
            models.Index(fields=["made_by", "made_on"], name="approvals_of_a_day"),
            models.Index(fields=["state"], condition=Q(state="waiting"), name="approvals_waiting"),
        ]
        constraints = [
            models.CheckConstraint(name="approvals_kind", condition=Q(kind__in=OperationKind.values)),
            models.CheckConstraint(name="approvals_moved_positive", condition=Q(moved__gt=0)),
            *decision_constraints("approvals"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} №\u00a0{self.pk}"

    @property
    def owner(self) -> str:
        """Each kind has one."""
        return self.kind

    @property
    def concerned(self) -> Account:
        """The account that is booked on."""
        return self.account


class NumberRequest(TwoPersonDecision):
    """A dated number that somebody entered, changed or withdrew, and that has no effect until another approves.

    `title` says it in words («Норматив: холодное водоснабжение, 4,331 → 5 с 1 декабря 2026»); `details` is what the
    owner of the rule needs to make it. `reason` may be empty: a new number names its decision by itself.
    """

    rule = models.CharField(_("Kind"), max_length=12, choices=NumberRule.choices)
    key = models.CharField(_("Idempotency key"), max_length=64, editable=False)
    title = models.CharField(_("What"), max_length=250)

    class Meta:
        verbose_name = _("Number to approve")
        verbose_name_plural = _("Numbers to approve")
        ordering = ["-made_at", "-pk"]
        permissions = [("approve_number", _("Can approve numbers that others entered"))]
        indexes = [models.Index(fields=["state"], condition=Q(state="waiting"), name="approvals_numbers_waiting")]
        constraints = [
            models.CheckConstraint(name="approvals_number_rule", condition=Q(rule__in=NumberRule.values)),
            models.UniqueConstraint("key", condition=Q(state="waiting"), name="approvals_number_waits_once"),
            *decision_constraints("approvals_number"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def owner(self) -> str:
        """As its details name it."""
        return str(self.details["owner"])
