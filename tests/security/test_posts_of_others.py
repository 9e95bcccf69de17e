"""An employee without a role posts to every address of the admin: refused before a row is looked up, nothing written.

The walks of test_every_address.py open addresses; a button's address answers 405 to that, whoever asks.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from portal.accounts.models import User
from tests.people import Cast, make_login
from tests.security.addresses import Address, every_address, quick_login
from tests.security.test_every_address import COMMON, of_admin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]

WRITE = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
# What any request may write: its session, and that somebody was refused.
BESIDES = {
    "django_session",
    "usersessions_usersession",
    "accounts_auditentry",
    "accounts_auditcounter",
    "wagtailcore_modellogentry",
}
HOME = "/admin/"
# Looked up before the permission is asked; answered alike whether it exists for them or not.
LOOKED_UP_FIRST = re.compile(
    r"^admin/(pages|images|documents|snippets|redirects|searchpicks|collections|reports|users)/"
)


@contextmanager
def writes() -> Iterator[list[str]]:
    """Tables that were written to, besides those that any request writes to."""
    tables: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        written = WRITE.match(sql)
        if written and written[1] not in BESIDES:
            tables.append(written[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield tables


def posted(user: User) -> list[tuple[Address, int, str, list[str]]]:
    """Every address of the admin that is not for all: status, where it leads, tables written."""
    client = quick_login(user)
    client.post("/admin/test404/")  # the first request makes settings that are missing
    answers = []
    for address in every_address():
        if not of_admin(address) or address.route == "admin/" or address.route.startswith(COMMON):
            continue
        with writes() as tables:
            response = client.post(address.path, {"reason": "x", "value": "1", "action": "1"})
        answers.append((address, response.status_code, response.get("Location", ""), tables))
    return answers


def test_an_employee_without_a_role(cast: Cast) -> None:
    wrong = [
        (address.route, status, place, tables)
        for address, status, place, tables in posted(make_login("newcomer", staff=True))
        if tables
        or not (
            status in {403, 405}
            or (status == 302 and place == HOME)
            or (status == 404 and LOOKED_UP_FIRST.match(address.route))
        )
    ]
    assert wrong == []
