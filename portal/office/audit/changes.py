"""Wagtail's own forms of settings, users and groups: what they changed stands in the audit with both values.

Wagtail logs that a record was edited, not what. Its views are left as they are: the record is compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from wagtail.models import GroupCollectionPermission, GroupPagePermission

from portal.accounts import audit
from portal.accounts.models import User
from portal.approvals.loosening import note_loosening
from portal.approvals.models import ApprovalSettings

SETTING, USER, GROUP = "wagtailsettings:edit", "wagtailusers_users:", "wagtailusers_groups:"
BULK = "/admin/bulk/accounts/user/"
State = dict[str, str]


@dataclass(frozen=True, slots=True)
class WatchedRecords:
    """Records of one model as they were before a form was sent."""

    model: type[Model]
    before: dict[int, State]
    newest: int
    """The highest primary key there was: what stands above it was added meanwhile."""

    def note(self, by: User) -> None:
        """Write each difference to the audit."""
        records = self.model._default_manager
        existing = list(records.filter(pk__in=self.before))
        for record in [*existing, *(() if self.before else records.filter(pk__gt=self.newest))]:
            before, after = self.before.get(record.pk, {}), state_of(record)
            _note_differences(record, before, after, by)
            if isinstance(record, ApprovalSettings):
                note_loosening(record, before=before, after=after, by=by)
        for pk in self.before.keys() - {record.pk for record in existing}:
            name = next(iter(self.before[pk].values()), "")
            what = f"{self.model._meta.verbose_name}: удалено"
            audit.setting_changed(by, by=by, what=what, before=f"{name} (№ {pk})", after="")


def watched(request: HttpRequest) -> WatchedRecords | None:
    """Return what a POST of the admin may change, as it is now; None when it is none of these forms."""
    match = request.resolver_match
    if match is None or request.method != "POST":
        return None
    if match.view_name == SETTING:
        return _of_setting(match.kwargs)
    if request.path.startswith(BULK):
        chosen = request.GET.getlist("id")
        people = User.objects.all() if "all" in chosen else User.objects.filter(pk__in=filter(str.isdigit, chosen))
        return _now(User, people.filter(groups__isnull=False).distinct() if "all" in chosen else people)
    for prefix, model in ((USER, User), (GROUP, Group)):
        if match.view_name.startswith(prefix):
            return _of_record(model, str(match.kwargs.get("pk") or next(iter(match.args), "")))
    return None


def _of_setting(kwargs: dict[str, Any]) -> WatchedRecords | None:
    try:
        model = apps.get_model(kwargs["app_name"], kwargs["model_name"])
    except LookupError:
        return None
    return _now(model, model._default_manager.filter(pk=kwargs.get("pk")))


def _of_record(model: type[Model], pk: str) -> WatchedRecords:
    records = model._default_manager.filter(pk=pk) if pk.isdigit() else model._default_manager.none()
    return _now(model, records)


def _now(model: type[Model], records: Iterable[Model]) -> WatchedRecords:
    newest = model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
    return WatchedRecords(model, {record.pk: state_of(record) for record in records}, newest or 0)


def state_of(record: Model) -> State:
    """A record's values by their names, as text."""
    if isinstance(record, User):
        return _state_of_user(record)
    if isinstance(record, Group):
        return _state_of_group(record)
    fields = [field for field in record._meta.concrete_fields if not field.primary_key]
    return {str(field.verbose_name): str(field.value_from_object(record)) for field in fields}


def _state_of_user(user: User) -> State:
    return {
        "Логин": user.username,
        "Имя": user.get_full_name(),
        "Почта": user.email,
        "Пароль": user.password,
        "Вход открыт": _yes(user.is_active),
        "Суперпользователь": _yes(user.is_superuser),
        "Роли": ", ".join(sorted(user.groups.values_list("name", flat=True))),
    }


def _state_of_group(group: Group) -> State:
    rights = group.permissions.values_list("content_type__app_label", "codename")
    pages = GroupPagePermission.objects.filter(group=group).values_list("page_id", "permission__codename")
    files = GroupCollectionPermission.objects.filter(group=group).values_list("collection_id", "permission__codename")
    return {
        "Роль": group.name,
        "Права": ", ".join(sorted(f"{app}.{codename}" for app, codename in rights)),
        "Права на страницы": ", ".join(sorted(f"{codename} {page}" for page, codename in pages)),
        "Права на файлы": ", ".join(sorted(f"{codename} {folder}" for folder, codename in files)),
    }


def _yes(value: bool) -> str:
    return "да" if value else "нет"


def _note_differences(record: Model, before: State, after: State, by: User) -> None:
    for name, value in after.items():
        was = before.get(name, "")
        if was == value:
            continue
        if name == "Пароль":
            was, value = "", "задан новый"
        elif name.startswith("Права"):
            was, value = _only_different(was, value)
        audit.setting_changed(record, by=by, what=f"{record._meta.verbose_name}: {name}", before=was, after=value)


def _only_different(before: str, after: str) -> tuple[str, str]:
    """Of two lists of rights what was taken and what was given: a role has a hundred of them."""
    was, now = set(before.split(", ")) - {""}, set(after.split(", ")) - {""}
    return ", ".join(sorted(was - now)), ", ".join(sorted(now - was))
