"""Permissions to see the files of billing."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from portal.accounts.models import User
from portal.accounts.own_time import record_in_own_time
from portal.accounts.staff import is_employee
from portal.billing.models import TamperingAct
from portal.core.models import PrivateFile


def may_see_act(user: AbstractBaseUser | AnonymousUser, stored: PrivateFile) -> bool:
    """The account's holders at the time of the act, and staff with the right to see acts."""
    act = TamperingAct.objects.filter(file=stored).first()
    if act is None or not isinstance(user, User):
        return False
    if is_employee(user) and user.has_perm("billing.view_tamperingact"):
        return True
    return record_in_own_time(user, act, day="drawn_on")
