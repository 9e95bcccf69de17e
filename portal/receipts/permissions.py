"""Permissions to see receipts and what is printed from them."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from portal.accounts.staff import is_employee
from portal.core.models import PrivateFile
from portal.receipts.models import Receipt, ReceiptFile
from portal.receipts.selectors import receipts_visible_to

Viewer = AbstractBaseUser | AnonymousUser
SEE_ALL = "receipts.view_receipt"
PRINT = "receipts.view_printrun"


def may_see_receipt(user: Viewer, receipt: Receipt) -> bool:
    """The account's holders, and staff with the right to see receipts."""
    if is_employee(user) and user.has_perm(SEE_ALL):
        return True
    return receipts_visible_to(user).filter(pk=receipt.pk).exists()


def may_see_receipt_file(user: Viewer, stored: PrivateFile) -> bool:
    """As may_see_receipt, from the file."""
    receipt_file = ReceiptFile.objects.filter(file=stored).select_related("receipt").first()
    return receipt_file is not None and may_see_receipt(user, receipt_file.receipt)


def may_see_print_file(user: Viewer, stored: PrivateFile) -> bool:
    """Staff with the right to see print runs."""
    return is_employee(user) and user.has_perm(PRINT)
