"""What the tables of every kind of run have: the run, its chunks, and the accounts that it could not do.

Moments are real time: chunks are taken for lost by it, and a closing's are compared with when numbers were entered.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.bulk import batches
from portal.core.clock import real_now
from portal.core.runs.enums import ChunkStatus, RunStatus


class Run(models.Model):
    """Long work: who started it, how far it is. Its chunks have a foreign key `run` with `related_name="chunks"`."""

    status = models.CharField(
        pgettext_lazy("portal", "Status"), max_length=10, choices=RunStatus.choices, default=RunStatus.RUNNING
    )
    # real_now asks the clock at each call: the demo plays its months by another one than `timezone.now` as imported.
    started_at = models.DateTimeField(_("Started"), default=real_now)
    finished_at = models.DateTimeField(_("Finished"), null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("Started by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    chunks: Any

    class Meta:
        abstract = True


class Chunk(models.Model):
    """Part of a run: one job. A subclass adds the foreign key `run`."""

    status = models.CharField(
        pgettext_lazy("portal", "Status"), max_length=7, choices=ChunkStatus.choices, default=ChunkStatus.QUEUED
    )
    queued_at = models.DateTimeField(_("Queued"), default=real_now)
    finished_at = models.DateTimeField(_("Finished"), null=True, blank=True)

    run: Any
    run_id: int

    class Meta:
        abstract = True


class AccountRange(Chunk):
    """Accounts of a run whose ids lie between two numbers (inclusive): one job."""

    first_account = models.BigIntegerField(_("From account"))
    last_account = models.BigIntegerField(_("To account"))
    accounts = models.PositiveIntegerField(_("Accounts"))

    class Meta:
        abstract = True
        ordering = ["run", "first_account"]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.first_account}–{self.last_account}"

    @classmethod
    def cut(cls, run: models.Model, account_ids: Iterable[int], size: int) -> Iterator[Self]:
        """Chunks of `size` accounts of a run, not stored yet; the ids come in their order."""
        for ids in batches(account_ids, size):
            yield cls(run=run, first_account=ids[0], last_account=ids[-1], accounts=len(ids))


def range_constraints(name: str) -> list[models.BaseConstraint]:
    """No chunk twice in a run, none upside down."""
    return [
        models.UniqueConstraint("run", "first_account", name=f"{name}_once"),
        models.CheckConstraint(name=f"{name}_order", condition=Q(last_account__gte=F("first_account"))),
    ]


class AccountFailure(models.Model):
    """An account that a run could not do, and why; gone from the list once a later try did it.

    A subclass adds the foreign key `run` with `related_name="failures"`.
    """

    account = models.ForeignKey(
        "accounts.Account", verbose_name=_("Customer account"), on_delete=models.PROTECT, related_name="+"
    )
    code = models.CharField(_("Reason"), max_length=30)
    detail = models.CharField(_("Detail"), max_length=250, blank=True)
    failed_at = models.DateTimeField(_("When"), default=real_now)

    account_id: int
    run: Any
    run_id: int

    class Meta:
        abstract = True
        ordering = ["account__number"]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.code}"
