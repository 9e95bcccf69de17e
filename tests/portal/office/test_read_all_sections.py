"""The manager looks at every section and changes nothing there; without the right nobody looks."""

import datetime as dt
import uuid

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from portal.accounts.models import User
from portal.operations import roles
from portal.service_requests.support.models import SupportQuestion
from tests import people
from tests.portal.office.test_dispatch_and_field import request_of
from tests.portal.service_requests.samples import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]

SCREENS = (
    "office_dispatch",
    "office_outages",
    "office_field",
    "office_field_day",
    "office_field_calendar",
    "office_replacement",
    "office_closing",
    "office_interruptions",
    "office_flagged",
    "office_bank_files",
    "office_unknown",
    "office_refunds",
    "office_duplicates",
    "office_reconciliation",
    "cms_complaints_queue",
    "cms_support_questions",
)
LINKED = ("cms_complaints_statistics",)
"""Opened from another screen."""
SENT_TO = ("office_bank_files", "office_duplicates", "office_reconciliation")


@pytest.fixture
def manager() -> User:
    roles.setup()
    return people.make_employee("manager")


@pytest.mark.parametrize("name", SCREENS)
def test_the_manager_opens_the_section_from_the_menu(manager: User, client: Client, name: str) -> None:
    client.force_login(manager)
    address = reverse(name)
    assert client.get(address).status_code == 200
    assert f'"{address}"' in client.get("/admin/").content.decode()


@pytest.mark.parametrize("name", LINKED)
def test_the_manager_opens_what_is_linked(manager: User, client: Client, name: str) -> None:
    client.force_login(manager)
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", SCREENS + LINKED)
def test_the_control_without_the_right_it_stays_closed(manager: User, client: Client, name: str) -> None:
    # Refunds are open to whoever may see their records, closings to whoever may release a stopped one.
    closed = Permission.objects.filter(codename__in=["read_screens", "view_refund", "release_closing"])
    Group.objects.get(name="manager").permissions.remove(*closed)
    client.force_login(manager)
    assert client.get(reverse(name)).status_code in {302, 403}


@pytest.mark.parametrize("name", SENT_TO)
def test_what_the_manager_sends_is_refused(manager: User, client: Client, name: str) -> None:
    client.force_login(manager)
    answer = client.post(reverse(name), {"first": "01.11.2026", "last": "02.11.2026"})
    assert answer.status_code in {302, 403}
    assert answer.get("Location", "/admin/") == "/admin/"


def test_a_request_is_shown_without_its_buttons(manager: User, client: Client, cast: people.Cast) -> None:
    call = request_of(cast)
    client.force_login(manager)
    shown = client.get(reverse("office_dispatch_request", args=[call.pk]))
    assert shown.status_code == 200
    main = shown.content.decode().rpartition("<main")[2]
    assert "Нет воды" in main
    assert 'method="post"' not in main
    assert reverse("office_dispatch_correct", args=[call.pk]) not in main
    done = client.post(reverse("office_dispatch_act", args=[call.pk]), {"action": "accept"})
    assert done.get("Location", "/admin/") == "/admin/"
    before = call.state
    call.refresh_from_db()
    assert call.state == before


def test_a_question_is_read_and_not_answered(manager: User, client: Client) -> None:
    asked = {"asked_at": NOW, "turned_at": NOW, "due_on": dt.date(2026, 12, 10)}
    question = SupportQuestion.objects.create(form_token=uuid.uuid4(), name="Анна", email="anna@mail.example", **asked)
    client.force_login(manager)
    address = reverse("cms_support_question", args=[question.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"text": "Ответ", "seen": "0"}).get("Location", "/admin/") == "/admin/"
    assert not question.messages.exists()
