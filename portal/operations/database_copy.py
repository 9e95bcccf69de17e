"""Copying the portal's database into another one, row by row as it is: from SQLite to PostgreSQL (decision 124).

The rows go through Django's fields, by COPY, in one transaction of the target; foreign keys are checked when it
commits. Triggers stay on: they forbid changing and deleting, never adding.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import Error, connections, models, transaction
from django.db.models import BigIntegerField, F, Sum
from django.db.models.functions import Cast, Round
from django.utils import timezone

from portal.accounts.models import Account, User
from portal.core.health import last_beat
from portal.core.schedule import WORKER
from portal.integrity.models import Seal
from portal.ledger.models import Entry

SOURCE, TARGET = "default", "copy-target"
CHUNK = 2000
REBUILT = frozenset({"wagtailsearch"})
"""Apps whose tables differ between the databases: their content is made anew from the rest."""
WORKER_QUIET = dt.timedelta(minutes=2)

Progress = Callable[[str, int, int], None]
Model = type[models.Model]


class CopyRefused(Exception):
    """The copy cannot be made, and why; the target is as it was."""


@dataclass(frozen=True, slots=True)
class TableTotals:
    """What is compared of a table: how many rows, and the sum of each decimal column."""

    table: str
    rows: int
    sums: tuple[tuple[str, Decimal], ...]


def add_target(settings: dict[str, Any]) -> None:
    """Make a database known as TARGET. Raises CopyRefused unless it is PostgreSQL."""
    if settings["ENGINE"] != "django.db.backends.postgresql":
        raise CopyRefused("the target must be PostgreSQL: postgres://user:password@host:5432/portal")
    connections.settings[TARGET] = connections.configure_settings({SOURCE: dict(settings)})[SOURCE]


def copied_models() -> list[Model]:
    """Models whose tables are copied: all that hold rows, tables between two models included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.app_label not in REBUILT
    ]


def require_quiet_source() -> None:
    """Raise CopyRefused while a worker is at work: what it writes after the copy would be lost."""
    beat = last_beat(WORKER)
    if beat is not None and beat > timezone.now() - WORKER_QUIET:
        raise CopyRefused(
            f"the worker was at work at {beat:%H:%M:%S} UTC. Stop the web and the worker, wait two minutes: "
            "systemctl stop portal-web.target portal-worker portal-watch.timer"
        )


def require_empty_target() -> None:
    """Raise CopyRefused when somebody uses the target: it has accounts, logins, entries or seals."""
    used = [
        str(model._meta.verbose_name_plural)
        for model in (User, Account, Entry, Seal)
        if model._default_manager.using(TARGET).exists()
    ]
    if used:
        raise CopyRefused(f"the target is not empty: it has {', '.join(used).lower()}. Take a new database (createdb).")


def copy_everything(*, progress: Progress) -> list[TableTotals]:
    """Copy all rows and compare counts and sums; returns what both have.

    Nobody else can write to an SQLite source meanwhile. Raises CopyRefused, with nothing in the target, when a row
    does not fit or the two differ.
    """
    copied = copied_models()
    with transaction.atomic(using=SOURCE), transaction.atomic(using=TARGET):
        _empty(copied)
        for model in copied:
            _copy_table(model, progress)
        _set_sequences(copied)
        totals = [_totals(model, SOURCE) for model in copied]
        differing = [mine.table for mine, model in zip(totals, copied, strict=True) if mine != _totals(model, TARGET)]
        if differing:
            raise CopyRefused(f"counts or sums differ: {', '.join(differing)}")
    return totals


def _empty(copied: Sequence[Model]) -> None:
    """Remove what the target's own migrations wrote: the source has the same rows, perhaps under other keys."""
    quote = connections[TARGET].ops.quote_name
    tables = ", ".join(quote(model._meta.db_table) for model in copied)
    with connections[TARGET].cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")


def _copy_table(model: Model, progress: Progress) -> None:
    table = model._meta.db_table
    target = connections[TARGET]
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    columns = ", ".join(target.ops.quote_name(str(field.column)) for field in fields)
    statement = f"COPY {target.ops.quote_name(table)} ({columns}) FROM STDIN"
    total = model._base_manager.using(SOURCE).count()
    done = 0
    try:
        with target.cursor() as cursor, target.wrap_database_errors, cursor.copy(statement) as copy:
            for row in _rows(model, fields):
                copy.write_row(row)
                done += 1
                if done % CHUNK == 0:
                    progress(table, done, total)
    except (Error, ValueError, ArithmeticError) as error:
        raise CopyRefused(f"{table}: {' '.join(str(error).split())}") from error
    progress(table, done, total)


def _rows(model: Model, fields: Sequence["models.Field[Any, Any]"]) -> Iterator[list[Any]]:
    """Rows of the source as the target stores them, in the order of their keys."""
    target = connections[TARGET]
    stored = model._base_manager.using(SOURCE).order_by("pk")
    for row in stored.values_list(*(field.attname for field in fields)).iterator(CHUNK):
        yield [field.get_db_prep_save(value, target) for field, value in zip(fields, row, strict=True)]


def _set_sequences(copied: Sequence[Model]) -> None:
    """The next key of each table is above the highest that was copied."""
    with connections[TARGET].cursor() as cursor:
        for statement in connections[TARGET].ops.sequence_reset_sql(no_style(), copied):
            cursor.execute(statement)


def _totals(model: Model, using: str) -> TableTotals:
    rows = model._base_manager.using(using)
    places = {
        field.name: field.decimal_places
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.DecimalField)
    }
    # In whole units of the last place: SQLite adds decimals up as floating point.
    units = {
        f"sum_{name}": Sum(Cast(Round(F(name) * 10**exponent), BigIntegerField())) for name, exponent in places.items()
    }
    totals = rows.aggregate(**units) if units else {}
    sums = tuple(
        (name, Decimal(int(totals[f"sum_{name}"] or 0)).scaleb(-exponent)) for name, exponent in places.items()
    )
    return TableTotals(model._meta.db_table, rows.count(), sums)
