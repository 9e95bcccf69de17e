"""Every refusal of every domain has a message for residents and staff, and a value for each of its placeholders."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django import forms
from django.utils import translation

import cms_pages
import portal
from portal.core.refusals import add_error, declared_messages, error_field, error_message
from portal.metering import exceptions as metering

PLACEHOLDER = re.compile(r"%\((\w+)\)")
NOT_FOR_PEOPLE: dict[str, str] = {}
"""Exceptions that no person reads, by their full name, with the reason."""


def modules() -> Iterator[str]:
    """Every module of ours but migrations, commands and the demo's."""
    for package in (portal, cms_pages):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in found.name and ".management" not in found.name:
                yield found.name


def subclasses(kind: type[Exception]) -> Iterator[type[Exception]]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def roots() -> set[type[Exception]]:
    """The topmost exceptions of ours above those that have a message."""
    return {
        next(parent for parent in reversed(kind.__mro__) if parent.__module__.startswith(("portal.", "cms_pages.")))
        for kind in declared_messages()
    }


def test_every_refusal_has_a_message() -> None:
    for name in modules():
        importlib.import_module(name)
    missing = {
        f"{kind.__module__}.{kind.__qualname__}"
        for root in roots()
        for kind in subclasses(root)
        if kind not in declared_messages()
    }
    assert missing - NOT_FOR_PEOPLE.keys() == set()
    assert NOT_FOR_PEOPLE.keys() - missing == set(), "it has a message: take it off the list"


def test_a_message_takes_its_values_from_the_exception_and_names_its_field() -> None:
    refusal = metering.TooManyDigits(digits=5)
    with translation.override("ru"):
        assert "5" in error_message(refusal)
    assert error_field(refusal) == "value"


@pytest.mark.parametrize("for_staff", [False, True])
def test_the_nearest_class_answers(for_staff: bool) -> None:
    new = metering.HighWithoutHistory(volume=Decimal("70.000"), usual=Decimal("60.000"))
    usual = metering.UnusuallyHigh(volume=Decimal("70.000"), usual=Decimal("7.000"))
    assert error_message(new, for_staff=for_staff) != error_message(usual, for_staff=for_staff)


def test_a_form_without_the_field_shows_the_refusal_above() -> None:
    class Form(forms.Form):
        start_value = forms.CharField()

    form = Form({"start_value": "1"})
    add_error(form, metering.NegativeValue(), fields={"value": "start_value"})
    add_error(form, metering.VerificationExpired())
    assert len(form.errors["start_value"]) == 1
    assert len(form.non_field_errors()) == 1


def test_an_exception_without_a_message_is_logged_and_answered(caplog: pytest.LogCaptureFixture) -> None:
    class Unforeseen(Exception):
        pass

    assert error_message(Unforeseen()) != ""
    assert "Unforeseen" in error_message(Unforeseen(), for_staff=True)
    assert "Unforeseen" in caplog.text
