"""How far the setup of the company is."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.role_names import role_title
from portal.billing.selectors.opening import billed_until
from portal.core.periods import Period
from portal.office.first_steps.steps import STEPS, StepDeclaration, StepResult, StepState, load_facts

SEE_FIRST_STEPS = "office.see_first_steps"


@dataclass(frozen=True, slots=True)
class SetupStepRow:
    """A step as the page shows it; `url` is empty for whoever may not do it."""

    declared: StepDeclaration
    result: StepResult
    url: str
    who: str

    @property
    def is_done(self) -> bool:
        """Whether nothing is to be done: filled in, or the default is right for many."""
        return self.result.state in (StepState.DONE, StepState.DEFAULT)

    @property
    def sends_test_letter(self) -> bool:
        """Whether a test letter is offered: the step of the mail server."""
        return self.declared.key == "mail"

    @property
    def blocks_issue(self) -> bool:
        """Whether nothing is issued because of it."""
        return self.declared.required and not self.is_done

    @property
    def badge(self) -> str:
        """Kind of the badge: ok, warn, danger, or none for a default."""
        if self.result.state == StepState.DEFAULT:
            return ""
        return "ok" if self.is_done else "danger" if self.declared.required else "warn"


@dataclass(frozen=True, slots=True)
class StepGroup:
    """Steps under one heading."""

    title: "str | Promise"
    rows: list[SetupStepRow]


@dataclass(frozen=True, slots=True)
class SetupProgress:
    """Every step, in groups, and how many are done."""

    groups: list[StepGroup]

    @property
    def rows(self) -> list[SetupStepRow]:
        """Every step."""
        return [row for group in self.groups for row in group.rows]

    @property
    def required(self) -> list[SetupStepRow]:
        """Steps without which nothing is issued."""
        return [row for row in self.rows if row.declared.required]

    @property
    def missing(self) -> list[SetupStepRow]:
        """Required steps that are not done."""
        return [row for row in self.rows if row.blocks_issue]

    @property
    def done(self) -> int:
        """How many required steps are done."""
        return len(self.required) - len(self.missing)

    @property
    def is_whole(self) -> bool:
        """Whether nothing stops the first receipts."""
        return not self.missing

    @property
    def percent(self) -> int:
        """How many required steps are done, %."""
        return self.done * 100 // len(self.required)


def setup_progress(user: User, today: dt.date) -> SetupProgress:
    """Return every step with what the data says of it and what the user may do (about sixteen queries)."""
    facts = load_facts(_month(today))
    groups: list[StepGroup] = []
    for declared in STEPS:
        if not groups or groups[-1].title != declared.group:
            groups.append(StepGroup(declared.group, []))
        may = any(user.has_perm(permission) for permission in declared.permissions)
        row = SetupStepRow(declared, declared.check(facts), declared.url() if may else "", _who(declared.roles))
        groups[-1].rows.append(row)
    return SetupProgress(groups)


def _month(today: dt.date) -> Period:
    """The month after the last closed one; the current one while none is closed: earlier ones were billed elsewhere."""
    closed = billed_until()
    return Period.of(closed).next if closed is not None else Period.of(today)


def _who(roles: Iterable[str]) -> str:
    """«Редактор, Бухгалтер»; the superuser by name."""
    return ", ".join(_("Administrator") if role == "admin" else role_title(role) for role in roles)
