"""Whoever switches the rule of two people off gains nothing by it for a day, and the others are told."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import User
from portal.approvals.models import ApprovalSettings, NumberRequest
from portal.billing.models import Norm
from portal.billing.services import submit_change
from portal.notifications.models import Message
from tests.company import put_numbers
from tests.people import make_login
from tests.portal.approvals.test_numbers_by_two import NOW, TODAY, _norm, _staff

pytestmark = pytest.mark.django_db


def _save_settings(client: Client, *, without: str = "", **changes: Any) -> None:
    """Send the form of the settings as the admin has it."""
    rules = ApprovalSettings.load()
    fields = [field for field in rules._meta.concrete_fields if field.editable and not field.primary_key]
    values = {field.name: getattr(rules, field.name) for field in fields} | changes
    sent = {name: value for name, value in values.items() if value is not False and name != without}
    url = reverse("wagtailsettings:edit", args=["approvals", "approvalsettings", rules.pk])
    assert client.post(url, sent).status_code == 302


@pytest.fixture
def chief(client: Client) -> User:
    put_numbers()
    user = User.objects.create_superuser("chief", "chief@mail.example", "x")
    client.force_login(user)
    return user


def test_what_they_enter_within_a_day_still_waits(client: Client, chief: User) -> None:
    other, second = make_login("other", staff=True), _staff("second", "manager")
    _save_settings(client, without="two_people_norms")
    assert not ApprovalSettings.load().two_people_norms
    assert isinstance(submit_change(_norm(), by=chief, today=TODAY, now=NOW), NumberRequest)
    assert isinstance(submit_change(_norm("6"), by=other, today=TODAY, now=NOW), Norm)
    told = Message.objects.filter(kind="approval_rules_loosened")
    assert {message.user for message in told} == {second}


def test_after_a_day_the_switch_is_off_for_them_too(client: Client, chief: User) -> None:
    _save_settings(client, without="two_people_norms")
    rules = ApprovalSettings.load()
    rules.loosened["two_people_norms"]["at"] = (timezone.now() - dt.timedelta(hours=25)).isoformat()
    rules.save()
    assert isinstance(submit_change(_norm(), by=chief, today=TODAY, now=NOW), Norm)


def test_switching_on_or_lowering_a_limit_tells_nobody(client: Client, chief: User) -> None:
    _staff("second", "manager")
    _save_settings(client, two_people_vat="on", second_person_above="1000")
    assert ApprovalSettings.load().loosened == {}
    assert not Message.objects.filter(kind="approval_rules_loosened").exists()
    _save_settings(client, second_person_above="2000", day_above="9000")
    assert set(ApprovalSettings.load().loosened) == {"second_person_above", "day_above"}
