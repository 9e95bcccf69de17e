"""The screens of logins: employees first, roles in Russian, a new employee in our words."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from portal.accounts.models import User
from portal.accounts.role_names import ROLE_NAMES
from portal.operations import roles
from tests.people import Cast, make_login

pytestmark = pytest.mark.django_db
LIST, NEW = "/admin/users/", "/admin/users/new/"


@pytest.fixture
def chief(cast: Cast) -> Client:
    roles.setup()
    User.objects.create_superuser(username="chief", email="chief@mail.example", password="x")
    clerk = make_login("zoya", staff=True)
    clerk.groups.add(Group.objects.get(name="accountant"))
    client = Client()
    client.force_login(User.objects.get(username="chief"))
    return client


def test_every_role_has_a_name() -> None:
    assert {role.name for role in roles.ROLES} == set(ROLE_NAMES)


def test_employees_come_first_and_residents_stand_apart(chief: Client) -> None:
    page = chief.get(LIST)
    shown = [user.username for user in page.context["users"]]
    assert shown.index("zoya") < shown.index("anna")
    assert "Бухгалтер" in page.content.decode()
    assert "записей" in page.content.decode()
    of_residents = [user.username for user in chief.get(LIST, {"who": "residents"}).context["users"]]
    assert "anna" in of_residents
    assert "zoya" not in of_residents
    of_staff = [user.username for user in chief.get(LIST, {"who": "employees"}).context["users"]]
    assert "zoya" in of_staff
    assert "anna" not in of_staff


def test_roles_are_chosen_by_what_they_do(chief: Client) -> None:
    shown = chief.get(NEW).content.decode()
    assert "Новый сотрудник" in shown
    assert "Бухгалтер: закрывает месяцы" in shown
    assert 'class="button w-flex w-items-center w-w-fit w-mb-8" role="tab"' not in shown


def test_a_new_employee_is_refused_and_created_in_words(chief: Client) -> None:
    assert "Сотрудник не создан: исправьте отмеченные поля." in chief.post(NEW, {}).content.decode()
    given = {
        "username": "petrova",
        "email": "petrova@mail.example",
        "first_name": "Ольга",
        "last_name": "Петрова",
        "password1": "a-quiet-river-flows",
        "password2": "a-quiet-river-flows",
        "groups": [Group.objects.get(name="registrar").pk],
    }
    answer = chief.post(NEW, given, follow=True).content.decode()
    assert "Сотрудник petrova создан. Передайте одноразовый пароль." in answer
    assert User.objects.get(username="petrova").must_change_password
