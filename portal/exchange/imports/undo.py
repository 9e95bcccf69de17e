"""Taking back what an import made, while nothing is built upon it."""

from collections.abc import Iterable, Sequence

from django.db.models import F, Model, ProtectedError
from django.utils.translation import gettext as _

from portal.accounts.models import Account, AccountService, Holder, Occupancy, Premises
from portal.accounts.services.importing import withdraw_imported_account, withdraw_imported_place
from portal.billing.models import AccountClosing
from portal.core import clock
from portal.core.bulk import batches
from portal.core.references import references
from portal.exchange.enums import RowState, Subject
from portal.exchange.models import Import, ImportRow
from portal.ledger.models import Entry
from portal.ledger.services import reverse_openings
from portal.metering.models import Meter, Reading
from portal.metering.registration import withdraw_meter
from portal.metering.services import withdraw_reading

OWN = (Holder, Occupancy, AccountService)
"""Rows that an imported account has from the start."""


class UndoRefused(Exception):
    """A row cannot be taken back; its text is for people."""


def built_upon(imported: Import) -> list[tuple[str, int]]:
    """Return what stands upon the records of an import and keeps it from being undone: names and counts."""
    counts: dict[str, int] = {}
    rows = imported.rows.filter(state=RowState.TAKEN).values_list("made", flat=True)
    for made in batches(rows.iterator(chunk_size=500), 500):
        for name, count in _built_upon(Subject(imported.subject), made).items():
            counts[name] = counts.get(name, 0) + count
    if imported.subject == Subject.ACCOUNTS and Import.objects.filter(parent=imported).exists():
        balances = Import.objects.get(parent=imported)
        if balances.is_busy or balances.is_waiting:
            counts[_("Opening balances of these accounts are being imported")] = 1
    return sorted(counts.items())


def _built_upon(subject: Subject, made: Sequence[dict[str, int | str]]) -> dict[str, int]:
    if subject == Subject.ACCOUNTS:
        accounts = _ids(made, "account")
        counts = {_plural(model): count for model, count in references(Account, accounts, besides=OWN).items()}
        changed = Holder.objects.filter(account_id__in=accounts).exclude(until=None).count()
        logins = Holder.objects.filter(account_id__in=accounts).exclude(person__user=None).count()
        return {
            **counts,
            **({_("Changes of holders"): changed} if changed else {}),
            **({_("Logins of residents"): logins} if logins else {}),
        }
    if subject == Subject.PREMISES:
        return {_plural(model): count for model, count in references(Premises, _ids(made, "premises")).items()}
    if subject == Subject.METERS:
        return {_plural(model): count for model, count in references(Meter, _ids(made, "meter")).items()}
    if subject == Subject.READINGS:
        readings = _ids(made, "reading")
        counts = {_("Later readings in their place"): Reading.objects.filter(replaces_id__in=readings).count()}
        counts[_plural(AccountClosing)] = _closings_of_readings(readings)
        return {name: count for name, count in counts.items() if count}
    if subject == Subject.BALANCES:
        keys = [row["entry"] for row in made if "entry" in row]
        billed = Entry.objects.filter(key__in=keys, account__closings__reversed_at=None).filter(
            account__closings__last_entry__gte=F("pk")
        )
        count = billed.distinct().count()
        return {_plural(AccountClosing): count} if count else {}
    return {}


def _closings_of_readings(readings: Sequence[int]) -> int:
    """Return how many of the readings a closing has seen."""
    rows = Reading.objects.filter(pk__in=readings).filter(
        meter__account__closings__reversed_at=None, meter__account__closings__last_reading__gte=F("pk")
    )
    return rows.distinct().count()


def _plural(model: type[Model]) -> str:
    return str(model._meta.verbose_name_plural)


def _ids(made: Sequence[dict[str, int | str]], name: str) -> list[int]:
    return [int(row[name]) for row in made if name in row]


def undo_row(row: ImportRow) -> None:
    """Take back what a row made. Raises UndoRefused. For a caller that holds a transaction."""
    refused = _built_upon(Subject(row.imported.subject), [row.made])
    if refused:
        raise UndoRefused(_built_text(refused.items()))
    made = row.made
    try:
        if "account" in made:
            withdraw_imported_account(Account.objects.get(pk=made["account"]))
        if "meter" in made:
            withdraw_meter(Meter.objects.get(pk=made["meter"]))
        if "reading" in made:
            withdraw_reading(Reading.objects.get(pk=made["reading"]))
        if "entry" in made:
            login = row.imported.undone_by.get_username() if row.imported.undone_by else ""
            note = f"Отмена импорта «{row.imported.name}»"[:250]
            reverse_openings([str(made["entry"])], on=clock.today(), note=note, made_by=login)
        withdraw_imported_place(**{name: made.get(name) for name in ("premises", "house", "street")})
    except ProtectedError as error:
        names = {_plural(type(item)) for item in error.protected_objects}
        raise UndoRefused(_built_text((name, 1) for name in sorted(names))) from error


def _built_text(counts: Iterable[tuple[str, int]]) -> str:
    names = ", ".join(f"{name} ({count})" for name, count in counts)
    return _("Not undone, something depends on it: %(what)s.") % {"what": names}
