"""Who saw and changed what: found by resident and by employee, and nobody edits it, not even by SQL."""

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from wagtail.models import ModelLogEntry

from portal.accounts import audit
from portal.accounts.models import User
from tests.people import Cast

pytestmark = pytest.mark.django_db


def test_opening_a_residents_card_is_recorded_and_found(cast: Cast, staff: dict[str, User], client: Client) -> None:
    client.force_login(staff["registrar"])
    client.get(f"/admin/registration/person/{cast.anna.person.pk}/")
    client.force_login(staff["manager"])
    for query in ("resident=Иванова", "resident=0010001", "employee=registrar"):
        assert "Карточка человека" in client.get(f"/admin/audit/?{query}").content.decode()
    assert "Карточка человека" not in client.get("/admin/audit/?resident=Петров").content.decode()
    assert "Карточка человека" in client.get("/admin/audit/?export=csv").content.decode()


def test_the_log_can_be_neither_changed_nor_deleted(cast: Cast) -> None:
    audit.saw(cast.anna.person, by=cast.boris.user, what="Проверка")
    entry = ModelLogEntry.objects.get()
    with pytest.raises(DatabaseError, match="only grow"), transaction.atomic():
        ModelLogEntry.objects.filter(pk=entry.pk).update(action="portal.changed")
    with pytest.raises(DatabaseError, match="only grow"), transaction.atomic():
        entry.delete()


def test_a_formula_in_a_name_is_harmless_in_the_export(cast: Cast, staff: dict[str, User], client: Client) -> None:
    audit.changed(cast.anna.person, by=cast.anna.user, what="Телефон", before="", after="=HYPERLINK(1)")
    client.force_login(staff["manager"])
    assert "'=HYPERLINK(1)" in client.get("/admin/audit/?export=csv").content.decode()


@pytest.mark.parametrize("role", ["registrar", "editor", "accountant"])
def test_others_do_not_read_it(cast: Cast, staff: dict[str, User], client: Client, role: str) -> None:
    client.force_login(staff[role])
    assert client.get("/admin/audit/").status_code in (302, 403)
