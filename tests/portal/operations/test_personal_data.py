"""The map of personal data answers for every text field; what it says deletes them does; the rest of a row stays."""

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils.module_loading import import_string

from cms_pages.complaints.enums import ComplaintKind, ComplaintState
from cms_pages.complaints.models import Attachment, Complaint
from cms_pages.complaints.services import FILES
from portal.accounts.models import RetentionSettings
from portal.core import clock
from portal.core.files.services import store_file
from portal.core.models import PrivateFile
from portal.operations import retention
from portal.operations.personal_data import IMPERSONAL, PERSONAL, PersonalData, as_markdown
from portal.operations.request_data import NAME
from portal.service_requests.dispatch.enums import RequestKind, RequestSource, RequestState
from portal.service_requests.dispatch.models import DispatchRequest
from tests.people import Cast

TEXT = (models.CharField, models.TextField, models.JSONField, models.FileField, models.GenericIPAddressField)
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "security" / "personal-data.md"
TODAY = clock.real_now().date()


def text_fields(model: type[models.Model]) -> set[str]:
    """Fields in which anything can be written."""
    fields = model._meta.local_concrete_fields
    return {field.name for field in fields if isinstance(field, TEXT) and not field.choices}


def test_every_text_field_of_the_portal_is_answered_for() -> None:
    declared = {entry.model: {*entry.fields, *entry.others} for entry in PERSONAL}
    ours = [model for model in apps.get_models() if model.__module__.startswith(("portal.", "cms_pages."))]
    open_questions = {
        model._meta.label: fields
        for model in ours
        if (fields := text_fields(model) - declared.get(model._meta.label, set()))
        and model._meta.label not in IMPERSONAL
    }
    assert open_questions == {}, "name them in portal/operations/personal_data.py"
    assert {model._meta.label for model in ours} >= IMPERSONAL
    assert not IMPERSONAL & declared.keys()


@pytest.mark.parametrize("entry", PERSONAL, ids=lambda entry: entry.model)
def test_a_line_names_fields_and_functions_that_exist(entry: PersonalData) -> None:
    fields = {field.name for field in apps.get_model(entry.model)._meta.concrete_fields}
    assert {*entry.fields, *entry.others} <= fields
    terms = {field.name for field in RetentionSettings._meta.fields}
    if entry.erased_by:
        assert callable(import_string(entry.erased_by))
    else:
        assert entry.term not in terms, "a term that nothing carries out"


def test_the_document_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == as_markdown(), "manage.py personal_data_map"


def long_ago(months: int) -> dt.datetime:
    """Inside the month that lies so many months back."""
    year, month = divmod(TODAY.year * 12 + TODAY.month - 1 - months, 12)
    return dt.datetime(year, month + 1, 14, 12, tzinfo=dt.UTC)


def request_of(moment: dt.datetime, *, state: str = RequestState.CLOSED) -> DispatchRequest:
    return DispatchRequest.objects.create(
        kind=RequestKind.OTHER,
        state=state,
        source=RequestSource.PHONE,
        address="улица Речная, 1",
        text="Течёт у Ивановых",
        caller="Иванова Анна",
        phone="+79991112233",
        key=uuid.uuid4().hex,
        norm_until=moment,
        received_at=moment,
        changed_at=moment,
    )


@pytest.mark.django_db
def test_old_requests_lose_their_names_and_stay() -> None:
    old, young = request_of(long_ago(62)), request_of(long_ago(59))
    waiting = request_of(long_ago(62), state=RequestState.RECEIVED)
    assert retention.due(today=TODAY)["requests"] == 1
    assert retention.sweep(today=TODAY)["requests"] == 1
    for request in (old, young, waiting):
        request.refresh_from_db()
    assert (old.caller, old.phone, old.text, old.address) == (NAME, NAME, NAME, "улица Речная, 1")
    assert (young.caller, waiting.caller) == ("Иванова Анна", "Иванова Анна")
    assert retention.sweep(today=TODAY)["requests"] == 0


@pytest.mark.django_db
def test_old_entries_of_the_book_lose_their_names_and_files(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    entry = Complaint.objects.create(
        author=cast.anna.user,
        form_token=uuid.uuid4(),
        name="Иванова Анна",
        email="anna@mail.example",
        phone="+79991112233",
        kind=ComplaintKind.COMPLAINT,
        subject="Вода",
        text="Я, Иванова",
        received_at=long_ago(62),
        due_on=long_ago(61).date(),
        state=ComplaintState.CLOSED,
        answer="Починили.",
        answered_at=long_ago(62),
    )
    stored = store_file(kind=FILES, owner="x", name="a.jpg", content=b"x", content_type="image/jpeg")
    Attachment.objects.create(complaint=entry, file=stored)
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.sweep(today=TODAY)["complaints"] == 1
    entry.refresh_from_db()
    assert (entry.name, entry.email, entry.phone, entry.text) == (NAME, "", "", NAME)
    assert entry.answer == "Починили."
    assert not PrivateFile.objects.exists()
    assert not stored.file.storage.exists(str(stored.file.name))
