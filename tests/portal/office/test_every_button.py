"""Every button that an employee is offered does something for them: each role looks around and presses each once.

A button that its own page offers is never answered by a refusal of access, a missing address or an error. What it wrote
is taken back.
"""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.urls import reverse

from portal.accounts.models import User
from portal.office.common.menu import Screen
from portal.office.wagtail_hooks import SECTIONS
from portal.operations.demo import loading
from tests.conftest import SetDate
from tests.security.addresses import quick_login
from tests.security.fuzzing import Form, FormControl, Role, explore, undone
from tests.shared_rows import shared_rows

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")

TODAY = dt.date(2026, 11, 15)
PAGES = 30
SUBMITS, CHOICES = {"submit", "image"}, {"checkbox", "radio"}
HOME = "/admin/"
# Buttons of the dashboard, which lead back to it.
OF_THE_DASHBOARD = ("/admin/office/failure/",)


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small demo with something in every section; the folder of its files."""
    media = tmp_path_factory.mktemp("media")

    def load() -> None:
        with override_settings(PORTAL_TODAY=str(TODAY), MEDIA_ROOT=media):
            loading.load(today=TODAY, size=12, months=2, progress=lambda line: None)

    with shared_rows(django_db_blocker, load):
        yield media


def places() -> list[str]:
    """The dashboard, every screen of the menu and every list."""
    screens: list[Screen] = [screen for section in SECTIONS for screen in section.screens]
    lists = [office_list for section in SECTIONS for office_list in section.lists]
    indexes = [f"{item.model._meta.app_label}_{item.model._meta.model_name}_modeladmin_index" for item in lists]
    return [
        HOME,
        *(reverse(screen.url_name, args=[screen.argument] if screen.argument else []) for screen in screens),
        *(reverse(name) for name in indexes),
    ]


def buttons(form: Form) -> list[FormControl | None]:
    """The ways to send a form: by each of its named buttons, else as it is."""
    return [control for control in form.controls if control.kind in SUBMITS] or [None]


def sent(form: Form, button: FormControl | None) -> dict[str, str]:
    """What a browser sends of a form as it stands."""
    left = {*SUBMITS, *CHOICES, "file", "button"}
    values = {control.name: control.value for control in form.controls if control.kind not in left}
    return values | ({button.name: button.value} if button else {})


def kind_of(form: Form, button: FormControl | None) -> tuple[str, str]:
    """Forms that differ in the number of their row only are one."""
    action = re.sub(r"\d+|[0-9a-f]{8}-[0-9a-f-]{27}", "N", form.action.partition("?")[0])
    return action, f"{button.name}={button.value}" if button else ""


@pytest.mark.parametrize("name", ["registrar", "dispatcher", "engineer", "accountant", "manager", "admin"])
def test_what_is_offered_works(demo: Path, db: None, settings: Any, business_date: SetDate, name: str) -> None:
    settings.MEDIA_ROOT = demo
    business_date(TODAY)
    client = quick_login(User.objects.get(username=name))
    role = Role(name, {key: morsel.value for key, morsel in client.cookies.items()})
    explore(role, places(), most=PAGES)
    assert len(role.pages) > 3

    pressed: set[tuple[str, str]] = set()
    wrong = []
    for form in role.forms:
        for button in buttons(form):
            kind = kind_of(form, button)
            if kind in pressed or form.method != "post" or not form.action.startswith(HOME):
                continue
            pressed.add(kind)
            response, answer = undone(client, "post", form.action, sent(form, button))
            leads_home = answer.status == 302 and response["Location"] == HOME
            is_refused = leads_home and not form.action.startswith(OF_THE_DASHBOARD)
            if is_refused or answer.status not in {200, 302}:
                wrong.append((*kind, answer.status, answer.error))
    assert wrong == []
