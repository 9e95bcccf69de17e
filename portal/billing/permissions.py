"""Permissions to see the files of billing."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from portal.accounts.models import User
from portal.accounts.own_time import record_in_own_time
from portal.accounts.staff import is_employee
from portal.billing.models import TamperingReport
from portal.core.models import PrivateFile


def may_see_report(user: AbstractBaseUser | AnonymousUser, stored: PrivateFile) -> bool:
    """The account's holders at the time of the report, and staff with the right to see reports."""
    report = TamperingReport.objects.filter(file=stored).first()
    if report is None or not isinstance(user, User):
        return False
    if is_employee(user) and user.has_perm("billing.view_tamperingreport"):
        return True
    return record_in_own_time(user, report, day="drawn_on")
