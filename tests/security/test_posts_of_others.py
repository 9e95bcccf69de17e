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

WRITE = re.compile(r'^\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
# What any request may write: its session, and that somebody was refused.
BESIDES = {
    "django_session",
    "usersessions_usersession",
    "accounts_auditentry",
    "accounts_auditcounter",
    "wagtailcore_modellogentry",
}
HOME = "/admin/"
# Sections of ours that are no lists: there the permission is asked before a row is looked up.
OURS = re.compile(r"^admin/(office|registration|dispatch|outages|field|support|complaints|audit|notices|source-links)/")
# Who may decide or hide a row depends on the row.
BY_ROW = ("admin/office/number-requests/<int:pk>/", "admin/office/failure/<int:pk>/")
# Wagtail's redirect from an old address to a page that is refused.
MOVED = "admin/pages/<int:page_id>/revisions/"


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


def is_refused(address: Address, status: int, place: str) -> bool:
    """Whether this is how a request without the permission is answered."""
    if OURS.match(address.route) and address.route not in BY_ROW:
        return status in {403, 405} or (status == 302 and place == HOME)
    return status in {400, 403, 404, 405} or (status == 302 and (place == HOME or address.route == MOVED))


def test_an_employee_without_a_role(cast: Cast) -> None:
    answers = posted(make_login("newcomer", staff=True))
    taken = [
        f"{address.route}: {status} {place}"
        for address, status, place, _ in answers
        if not is_refused(address, status, place)
    ]
    assert taken == []
    written = [f"{address.route}: {tables}" for address, _, _, tables in answers if tables]
    assert written == []
