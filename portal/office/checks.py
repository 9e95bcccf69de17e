"""System checks of the office's lists: each one is guarded, none reaches a secret by a filter, search or order."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.admin.utils import get_fields_from_path
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db.models.constants import LOOKUP_SEP
from wagtail import hooks
from wagtail_modeladmin.options import ModelAdmin

from portal.office.common.lists import OfficeIndexView

# Parts of a field's name that tell of a secret: no list may compare, sort or export by such a field.
SECRET_PARTS = {
    "password",
    "passwd",
    "session",
    "usersession",
    "token",
    "digest",
    "secret",
    "otp",
    "salt",
    "authenticator",
    "apikey",
    "nonce",
}


def is_secret(path: str) -> bool:
    """Whether a field's path (`user__password`, `session_key`) passes through something secret."""
    return any(part in SECRET_PARTS for step in path.lstrip("-").split(LOOKUP_SEP) for part in step.split("_"))


@register("office")
def check_lists(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Errors of every modeladmin class that has a model."""
    hooks.search_for_hooks()  # lists are registered by apps' wagtail_hooks
    return [error for admin in _with_model(ModelAdmin) for error in errors_of(admin)]


def _with_model(base: type[ModelAdmin]) -> Iterator[type[ModelAdmin]]:
    for admin in base.__subclasses__():
        if getattr(admin, "model", None) is not None:
            yield admin
        yield from _with_model(admin)


def errors_of(admin: type[ModelAdmin]) -> list[CheckMessage]:
    """Return what is wrong with one list: office.E001, an index view without the guard; office.E002, a secret within
    reach.
    """
    errors: list[CheckMessage] = []
    if not issubclass(admin.index_view_class, OfficeIndexView):
        errors.append(
            Error(
                f"{admin.__name__}.index_view_class does not refuse undeclared lookups.",
                hint="Derive it from portal.office.common.lists.OfficeIndexView.",
                obj=admin,
                id="office.E001",
            )
        )
    errors.extend(
        Error(f"{admin.__name__} reaches a secret by {path!r}.", hint="Take it out.", obj=admin, id="office.E002")
        for path in sorted({path for path in _paths(admin) if is_secret(path)})
    )
    return errors


def _paths(admin: type[ModelAdmin]) -> Iterator[str]:
    """Every path of fields that an address of the list can compare, sort, show or export by."""
    yield from (str(name) for name in (*(admin.ordering or ()), *(admin.search_fields or ())))
    yield from _filtered(admin.list_filter or ())
    for name in (*admin.list_display, *(admin.list_export or ()), *(admin.inspect_view_fields or ())):
        if not isinstance(name, str):
            continue
        column = getattr(admin, name, None)
        yield str(getattr(column, "admin_order_field", "") or "") if column is not None else _of_model(admin, name)


def _filtered(filters: Iterable[Any]) -> Iterator[str]:
    for declared in filters:
        path = declared[0] if isinstance(declared, tuple | list) else declared
        if isinstance(path, str):
            yield path


def _of_model(admin: type[ModelAdmin], name: str) -> str:
    """The name, when it is a path of the model's fields."""
    try:
        get_fields_from_path(admin.model, name)
    except FieldDoesNotExist:
        return ""
    return name
