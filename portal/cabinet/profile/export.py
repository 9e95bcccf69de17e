"""All data of a login: every record of the portal that belongs to it, found by its relations, and its PDFs.

Records are reached from the login, its person and the accounts that it holds now; a model that an app adds later
is in the download without a line here. Secrets of coming in are left out.
"""

import datetime as dt
import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import ForeignKey, Model, QuerySet

from portal.accounts.enums import ExportState
from portal.accounts.models import Account, DataExport, Person, User
from portal.accounts.selectors import accounts_of
from portal.accounts.services.profile import export_made
from portal.accounts.staff import employees
from portal.core.files.services import open_file, store_file, visible_file
from portal.core.models import PrivateFile
from portal.payments.models import Payment
from portal.payments.selectors import payments_of
from portal.receipts.models import Receipt
from portal.receipts.selectors import receipts_visible_to
from portal.service_requests.commissioning.models import CommissioningApplication, CommissioningCertificate
from portal.service_requests.commissioning.selectors import applications_of, commissioning_certificates_of
from portal.service_requests.dispatch.models import DispatchRequest
from portal.service_requests.dispatch.selectors import requests_of

SECRET_FIELDS = frozenset({"password", "token_hash", "secret", "data", "key_hash", "hashed_key"})
LEFT_OUT = frozenset(
    {"knowndevice", "recoveryrequest", "registrationdraft", "dataexport", "throttle", "apikey"}
    | {"idempotentanswer", "moneyoperation"}
)
# Which employees booked and approved money: theirs, not the resident's. What was booked is in the download.
STAFF_FIELDS = frozenset({"made_by", "approved_by"})
DEPTH = 2
# Who wrote or did it: an employee's answer to a resident belongs to the resident's data, another's words do not.
ANSWERERS = frozenset({"author", "by"})
README = """Это все данные, которые портал хранит о вашем логине.

data.json — записи по видам: каждая со всеми полями, даты по ISO 8601, суммы в рублях, объёмы в м³.
files/ — документы в PDF и фотографии, которые относятся к вам.
"""


def make(*, export_id: int, moment: dt.datetime) -> PrivateFile | None:
    """Make and store the ZIP of an asking; None when it was made already. Raises FileRefused, OSError."""
    export = DataExport.objects.select_related("user").filter(pk=export_id, state=ExportState.WAITING).first()
    if export is None:
        return None
    stored = store_file(
        kind="personal-export",
        owner=f"user:{export.user_id}",
        name=f"moi-dannye-{moment:%Y-%m-%d}.zip",
        content=content_of(export.user),
        content_type="application/zip",
    )
    export_made(export_id=export_id, file=stored, moment=moment)
    return stored


def content_of(user: User) -> bytes:
    """The ZIP: README.txt, data.json, files/."""
    records = collect(user)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README)
        archive.writestr("data.json", json.dumps(records, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder))
        for stored in _files(user, records):
            with open_file(stored) as content:
                archive.writestr(f"files/{stored.pk}-{stored.name}", content.read())
    return buffer.getvalue()


def collect(user: User) -> dict[str, list[dict[str, Any]]]:
    """Every record of a login by model: «app.model» → rows of its fields."""
    keys_by_model: dict[type[Model], set[Any]] = {
        User: {user.pk},
        Person: set(Person.objects.filter(user=user).values_list("pk", flat=True)),
        Account: {account.pk for account in accounts_of(user)},
    }
    for _level in range(DEPTH):
        for model, field in _relations():
            target = field.related_model
            if keys_by_model.get(target):
                wanted = {f"{field.name}__in": keys_by_model[target]}
                keys = set(model._base_manager.filter(**wanted).values_list("pk", flat=True))
                keys_by_model.setdefault(model, set()).update(keys)
        _keep_own_time(user, keys_by_model)
    _keep_own(keys_by_model)
    return {
        f"{model._meta.app_label}.{model._meta.model_name}": [
            _row(record) for record in model._base_manager.filter(pk__in=keys).order_by("pk")
        ]
        for model, keys in keys_by_model.items()
        if keys
    }


def _keep_own_time(user: User, keys_by_model: dict[type[Model], set[Any]]) -> None:
    """Of an account's records that name people, only those of the login's own time."""
    seen: dict[type[Model], QuerySet[Any]] = {
        DispatchRequest: requests_of(user),
        CommissioningApplication: applications_of(user),
        CommissioningCertificate: commissioning_certificates_of(user),
        Payment: payments_of(user),
        Receipt: receipts_visible_to(user),
    }
    for model, visible in seen.items():
        if keys_by_model.get(model):
            keys_by_model[model] &= set(visible.order_by().values_list("pk", flat=True))


def _keep_own(keys_by_model: dict[type[Model], set[Any]]) -> None:
    """Remove what other holders of a shared account wrote or signed: it is not theirs to download."""
    keys_by_model[Person] = set(Person.objects.filter(user__in=keys_by_model[User]).values_list("pk", flat=True))
    for model, field in _relations():
        if field.related_model in (User, Person) and keys_by_model.get(model):
            others = model._base_manager.filter(pk__in=keys_by_model[model], **{f"{field.name}__isnull": False})
            if field.name in ANSWERERS:
                others = others.exclude(**{f"{field.name}__in": employees()})
            mine = {f"{field.name}__in": keys_by_model[field.related_model]}
            keys_by_model[model] -= set(others.exclude(**mine).values_list("pk", flat=True))


def _relations() -> Iterator[tuple[type[Model], ForeignKey[Any, Any]]]:
    """Relations that say whose a record is; who entered, reviewed or decided it does not make it theirs."""
    for config in apps.get_app_configs():
        if not config.name.startswith(("portal.", "cms_pages.complaints")):
            continue
        for model in config.get_models():
            if model._meta.model_name in LEFT_OUT or model in (User, Account):
                continue
            for field in model._meta.get_fields():
                if isinstance(field, ForeignKey) and _owns(field):
                    yield model, field


def _owns(field: ForeignKey[Any, Any]) -> bool:
    if field.name.endswith("_by") or field.name in {"document", "assignee"}:
        return False
    return field.related_model != PrivateFile


def _row(record: Model) -> dict[str, Any]:
    return {
        field.attname: field.value_from_object(record)
        for field in record._meta.concrete_fields
        if field.name not in SECRET_FIELDS | STAFF_FIELDS
    }


def _files(user: User, records: dict[str, list[dict[str, Any]]]) -> Iterator[PrivateFile]:
    """Private files that the records point to and that the login may see."""
    keys: set[str] = set()
    for rows in records.values():
        for row in rows:
            keys.update(str(value) for value in row.values() if isinstance(value, uuid.UUID))
    for stored in PrivateFile.objects.filter(pk__in=keys):
        if stored.kind != "personal-export" and visible_file(file_id=stored.pk, user=user) is not None:
            yield stored
