"""The audit as a report: filtered entries, totals, and each entry in words with the record that it is about."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Model, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry

from portal.accounts import audit
from portal.accounts.models import Account, Holder, Person, User
from portal.accounts.selectors.people import search_people
from portal.core import clock
from portal.core.formatting import moment_text
from portal.payments.models import Payment

WAGTAIL = "wagtail"
SECTIONS: dict[str, str] = {
    "accounts": "Жители и счета",
    "metering": "Счётчики и показания",
    "billing": "Начисления",
    "receipts": "Квитанции",
    "ledger": "Книга начислений и оплат",
    "payments": "Платежи и возвраты",
    "service_requests": "Заявки и вопросы",
    "cms_complaints": "Книга жалоб",
    "notifications": "Уведомления",
    "core": "Файлы и настройки компании",
    "auth": "Роли",
    "access": "Входы и отказы",
    "audit": "Сам журнал",
}
MAX_FOUND = 200
SHOWN_TOTALS = 15
CHUNK = 500
ABOUT_ONE_OF = ("what", "query", "before", "after", "filter", "login")


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """Filters of a report; empty values ask for everything. Days are inclusive, in Moscow time."""

    employee: str = ""
    resident: str = ""
    account: int | None = None
    first: dt.date | None = None
    last: dt.date | None = None
    action: str = ""
    section: str = ""
    text: str = ""


def entries(filters: AuditFilters) -> QuerySet[ModelLogEntry]:
    """Entries of the audit, newest first."""
    log_entries = ModelLogEntry.objects.filter(_of_kind(filters)).select_related("user", "content_type")
    if filters.employee:
        log_entries = log_entries.filter(user__in=_employees(filters.employee))
    if filters.resident:
        log_entries = log_entries.filter(_about_found(filters.resident))
    if filters.account is not None:
        log_entries = log_entries.filter(_about_accounts(Account.objects.filter(pk=filters.account)))
    if filters.text:
        log_entries = log_entries.filter(_matching(filters.text))
    return log_entries.order_by("-timestamp", "-pk")


def _of_kind(filters: AuditFilters) -> Q:
    wanted = Q()
    if filters.action == WAGTAIL:
        wanted &= Q(action__startswith=f"{WAGTAIL}.")
    elif filters.action:
        wanted &= Q(action=filters.action)
    if filters.section:
        wanted &= Q(data__section=filters.section)
    if filters.first is not None:
        wanted &= Q(timestamp__gte=clock.start_of(filters.first))
    if filters.last is not None:
        wanted &= Q(timestamp__lt=clock.start_of(filters.last + dt.timedelta(days=1)))
    return wanted


def _employees(query: str) -> QuerySet[User]:
    users = User.objects.all()
    for word in query.split():
        named = Q(username__icontains=word) | Q(last_name__icontains=word) | Q(first_name__icontains=word)
        users = users.filter(named)
    return users


def _matching(text: str) -> Q:
    wanted = Q(label__icontains=text)
    for name in ABOUT_ONE_OF:
        wanted |= Q(**{f"data__{name}__icontains": text})
    return wanted


def _about_found(query: str) -> Q:
    people = list(search_people(query)[:MAX_FOUND])
    accounts = Account.objects.filter(holders__person__in=people) | Account.objects.filter(number=query)
    users = [person.user_id for person in people if person.user_id]
    return _about(
        {Person: [person.pk for person in people], User: users, Account: accounts.values_list("pk", flat=True)}
    )


def _about_accounts(accounts: QuerySet[Account]) -> Q:
    """About accounts and everybody who holds them now."""
    people = Person.objects.filter(pk__in=Holder.objects.filter(account__in=accounts, until=None).values("person"))
    users = people.exclude(user=None).values_list("user", flat=True)
    return _about(
        {Account: accounts.values_list("pk", flat=True), Person: people.values_list("pk", flat=True), User: users}
    )


def _about(keys: dict[type[Model], Iterable[Any]]) -> Q:
    types = ContentType.objects.get_for_models(*keys)
    wanted = Q(pk__in=[])
    for model, ids in keys.items():
        wanted |= Q(content_type=types[model], object_id__in=[str(pk) for pk in ids])
    return wanted


@dataclass(frozen=True, slots=True)
class AuditTotals:
    """Counts of entries by employee and by kind, the most first; each at most `SHOWN_TOTALS`."""

    employees: list[tuple[str, int]]
    kinds: list[tuple[str, int]]


def totals(log_entries: QuerySet[ModelLogEntry]) -> AuditTotals:
    """Count the entries of a report (three queries)."""
    plain = log_entries.order_by().select_related(None)
    by_user = list(plain.values_list("user").annotate(count=Count("pk")).order_by("-count")[:SHOWN_TOTALS])
    by_kind = plain.values_list("action").annotate(count=Count("pk")).order_by("-count")[:SHOWN_TOTALS]
    names = {user.pk: name_and_login(user) for user in User.objects.filter(pk__in=[pk for pk, _count in by_user if pk])}
    return AuditTotals(
        [(names.get(pk, _("without a login")), count) for pk, count in by_user],
        [(action_title(action), count) for action, count in by_kind],
    )


def name_and_login(user: User) -> str:
    """Name and login, as one looks for an employee."""
    return f"{user.get_full_name()} ({user.username})" if user.get_full_name() else user.username


def action_title(action: str) -> str:
    """Return what an action is called: ours by its title, Wagtail's by its own."""
    if action in audit.TITLES:
        return audit.TITLES[action]
    return str(registry.get_action_label(action)) if registry.action_exists(action) else action


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An entry in words."""

    moment: dt.datetime
    employee: str
    action: str
    section: str
    about: str
    link: str
    what: str
    before: str
    after: str
    details: str


def rows(log_entries: Iterable[ModelLogEntry], *, viewer: User) -> Iterator[AuditRow]:
    """Entries in words, with links to what is there and what the viewer may open (a query for each kind of record)."""
    records = _records(list(log_entries))
    finder = AdminURLFinder(viewer)
    for entry, record in records:
        yield _row(entry, record, _link(record, viewer, finder))


def all_rows(log_entries: QuerySet[ModelLogEntry], *, viewer: User) -> Iterator[AuditRow]:
    """The same for many entries, by the chunk."""
    chunk: list[ModelLogEntry] = []
    for entry in log_entries.iterator(chunk_size=CHUNK):
        chunk.append(entry)
        if len(chunk) == CHUNK:
            yield from rows(chunk, viewer=viewer)
            chunk = []
    yield from rows(chunk, viewer=viewer)


def _records(log_entries: list[ModelLogEntry]) -> list[tuple[ModelLogEntry, Model | None]]:
    wanted: dict[type[Model], set[str]] = {}
    for entry in log_entries:
        model = entry.content_type.model_class() if entry.content_type else None
        if model is not None:
            wanted.setdefault(model, set()).add(entry.object_id)
    records = {
        (model, str(record.pk)): record
        for model, ids in wanted.items()
        for record in model._default_manager.filter(pk__in=ids)
    }
    types = {entry.content_type_id: entry.content_type.model_class() for entry in log_entries if entry.content_type}
    return [(entry, records.get((types.get(entry.content_type_id), entry.object_id))) for entry in log_entries]  # type: ignore[arg-type]  # None is no model


def _link(record: Model | None, viewer: User, finder: AdminURLFinder) -> str:
    if isinstance(record, Person):
        may, url = "accounts.register_resident", reverse("registration_person", args=[record.pk])
    elif isinstance(record, Account):
        may, url = "office.view_account_card", reverse("office_account", args=[record.pk])
    elif isinstance(record, Payment):
        may, url = "payments.view_payment", reverse("office_payment", args=[record.pk])
    else:
        return (finder.get_edit_url(record) or "") if record is not None else ""
    return url if viewer.has_perm(may) else ""


def _record_text(record: Model | None, label: str) -> str:
    if isinstance(record, Person):
        return record.full_name
    if isinstance(record, Account):
        return f"№ {record.number}"
    if isinstance(record, User):
        return _("login %(name)s") % {"name": record.username}
    return label


def _row(entry: ModelLogEntry, record: Model | None, link: str) -> AuditRow:
    data = entry.data or {}
    section = str(data.get("section", ""))
    return AuditRow(
        moment=entry.timestamp,
        employee=name_and_login(entry.user) if entry.user else "—",
        action=action_title(entry.action),
        section=SECTIONS.get(section, section),
        about=_record_text(record, entry.label),
        link=link,
        what=str(data.get("what", "")),
        before=str(data.get("before", "")),
        after=str(data.get("after", "")),
        details=_details(data),
    )


DETAILS = (
    ("query", "слова"),
    ("filter", "отбор"),
    ("rows", "строк"),
    ("format", "файл"),
    ("address", "адрес"),
    ("device", "браузер"),
    ("login", "логин"),
    ("times", "раз за час"),
    ("taken", "принято"),
    ("repeated", "было"),
    ("ready", "готово"),
    ("unknown", "не опознано"),
    ("bad", "с ошибкой"),
    ("sum", "сумма"),
    ("result", "итог"),
    ("file", "файл"),
)


def _details(data: dict[str, Any]) -> str:
    details = [f"{title}: {data[name]}" for name, title in DETAILS if data.get(name) not in (None, "")]
    if data.get("dry_run"):
        details.insert(0, "проба, ничего не записано")
    return "; ".join(details)


def moment_of(row: AuditRow) -> str:
    """Return when, with its year."""
    return moment_text(row.moment, year=True)


def with_second_factor() -> set[int]:
    """Keys of logins that have a second factor."""
    return set(Authenticator.objects.values_list("user_id", flat=True))


def no_entries() -> QuerySet[ModelLogEntry]:
    """What is shown while the filters are wrong."""
    return ModelLogEntry.objects.none()
