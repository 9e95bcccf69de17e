"""Every refusal of every domain has a message for residents and staff, and a value for each of its placeholders."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.utils import translation

import cms_pages
import portal
from portal.core.refusals import ByCode, add_error, declared_messages, error_field, error_message
from portal.metering import exceptions as metering

NOT_FOR_PEOPLE = {
    "portal.payments.exceptions.NoticeRefused": "answers a gateway's server, by a status",
}
"""Exceptions that no person reads, by their full name, with the reason."""


def modules() -> Iterator[str]:
    """Every module of ours but migrations, commands and the demo's."""
    for package in (portal, cms_pages):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name and ".management" not in module.name:
                yield module.name


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


def codes_raised(kind: str) -> set[str]:
    """The literal codes with which the source makes an exception of this name."""
    root = Path(settings.ROOT)
    sources = [path for package in ("portal", "cms_pages") for path in (root / package).rglob("*.py")]
    return {
        constant.value
        for path in sources
        if kind in (text := path.read_text(encoding="utf-8"))
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and call.args and ast.unparse(call.func).split(".")[-1] == kind
        for constant in constants(call.args[0])
    }


def constants(node: ast.expr) -> list[ast.Constant]:
    """The texts that an argument may be: a literal, or either side of a condition."""
    if isinstance(node, ast.IfExp):
        return [*constants(node.body), *constants(node.orelse)]
    return [node] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def test_every_code_of_a_refusal_has_a_text() -> None:
    by_code = {
        kind.__name__: text
        for kind, message in declared_messages().items()
        for text in (message.text, message.staff)
        if isinstance(text, ByCode)
    }
    assert {"FileRefused", "RefundRefused", "ApprovalRefused"} <= by_code.keys()
    missing = {(name, code) for name, text in by_code.items() for code in codes_raised(name) - text.texts.keys()}
    assert missing == set()


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
