"""Base models of long runs over accounts: parts that are one job each, and accounts that it could not do."""

from collections.abc import Iterable, Iterator
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.models import Account
from portal.billing.enums import ChunkStatus
from portal.core.bulk import batches


class AccountRange(models.Model):
    """Accounts of a run whose ids lie between two numbers (inclusive): one job."""

    first_account = models.BigIntegerField(_("From account"))
    last_account = models.BigIntegerField(_("To account"))
    accounts = models.PositiveIntegerField(_("Accounts"))
    status = models.CharField(
        pgettext_lazy("portal", "Status"), max_length=7, choices=ChunkStatus.choices, default=ChunkStatus.QUEUED
    )
    queued_at = models.DateTimeField(_("Queued"))
    finished_at = models.DateTimeField(_("Finished"), null=True, blank=True)

    run_id: int

    class Meta:
        abstract = True
        ordering = ["run", "first_account"]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.first_account}–{self.last_account}"

    @classmethod
    def cut(cls, run: models.Model, account_ids: Iterable[int], size: int) -> Iterator[Self]:
        """Parts of `size` accounts of a run, queued now and not stored yet; the ids come in their order."""
        now = timezone.now()
        for ids in batches(account_ids, size):
            yield cls(run=run, first_account=ids[0], last_account=ids[-1], accounts=len(ids), queued_at=now)


def range_constraints(name: str) -> list[models.BaseConstraint]:
    """No part twice in a run, none upside down."""
    return [
        models.UniqueConstraint("run", "first_account", name=f"{name}_once"),
        models.CheckConstraint(name=f"{name}_order", condition=Q(last_account__gte=F("first_account"))),
    ]


class AccountFailure(models.Model):
    """An account that a run could not do, and why; gone from the list once a later try did it."""

    account = models.ForeignKey(Account, verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="+")
    code = models.CharField(_("Reason"), max_length=30)
    detail = models.CharField(_("Detail"), max_length=250, blank=True)
    failed_at = models.DateTimeField(_("When"))

    class Meta:
        abstract = True
        ordering = ["account__number"]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.code}"
