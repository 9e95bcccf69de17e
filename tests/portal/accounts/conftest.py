"""Roles as `setup_roles` makes them, and a login of each."""

import pytest

from portal.accounts.models import User
from portal.operations import roles
from tests.people import make_login


@pytest.fixture
def staff(db: None) -> dict[str, User]:
    """A login of every role."""
    from django.contrib.auth.models import Group

    roles.setup()
    made = {}
    for role in roles.ROLES:
        user = make_login(role.name, staff=True)
        user.groups.add(Group.objects.get(name=role.name))
        made[role.name] = user
    return made
