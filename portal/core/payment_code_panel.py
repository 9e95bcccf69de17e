"""The company's payment code as a receipt would print it, beside the bank details: a picture and what is left out."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import segno
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from wagtail.admin.panels import HelpPanel

from portal.core.pdf.qr import ERROR_CORRECTION, MASK, QUIET_ZONE
from portal.core.periods import Period
from portal.core.qr import Payee, PaymentCode, PaymentOrder, PaymentStringError, payment_code

if TYPE_CHECKING:
    from portal.core.models import CompanySettings

SAMPLE_ACCOUNT, SAMPLE_AMOUNT, SAMPLE_MONTH = "0010001", Decimal("1240.50"), Period.of(dt.date(2026, 10, 1))
PAYER = ("LastName", "PayerAddress", "Purpose")
"""Fields about the payer: left out by turns on any receipt, which harms nobody."""


LARGEST = ("9" * 10, Decimal("9999999.99"))
"""The longest account number that the portal gives, and a sum larger than any bill."""


def sample_order(
    company: "CompanySettings", account: str = SAMPLE_ACCOUNT, amount: Decimal = SAMPLE_AMOUNT
) -> PaymentOrder:
    """A usual payment to the company for a sample account."""
    payee = Payee(
        name=company.legal_name,
        account=company.bank_account,
        bank_name=company.bank_name,
        bic=company.bic,
        correspondent_account=company.correspondent_account,
        inn=company.inn,
        kpp=company.kpp,
    )
    return PaymentOrder(
        payee=payee,
        amount=amount,
        personal_account=account,
        period=SAMPLE_MONTH,
        last_name="Иванова",
        address="ул. Речная, 4, кв. 17",
        purpose=f"За воду, октябрь 2026, л/с {account}",
    )


def code_of(company: "CompanySettings") -> PaymentCode | None:
    """The code of the sample payment; None while bank details are missing.

    Raises PaymentStringError when it, or one for the longest account number and a large sum, has no room.
    """
    if not (company.legal_name and company.bank_account and company.bank_name and company.bic):
        return None
    payment_code(sample_order(company, *LARGEST))
    return payment_code(sample_order(company))


def left_out_texts(code: PaymentCode) -> list[str]:
    """Return what of the company's own data the code has no room for, in words."""
    names = {"KPP": _("KPP"), "PayeeINN": _("INN"), "TechCode": _("the kind of payment"), "PaymPeriod": _("the month")}
    return [str(names.get(field, field)) for field in code.left_out if field not in PAYER]


def picture(code: PaymentCode) -> SafeString:
    """The code as inline SVG."""
    made = segno.make(code.data, mode="byte", error=ERROR_CORRECTION, boost_error=False, micro=False, mask=MASK)
    return mark_safe(
        made.svg_inline(scale=3, border=QUIET_ZONE, dark="#000", light="#fff", svgclass="payment-code", lineclass=None)
    )


class PaymentCodePanel(HelpPanel):
    """Shows the payment code of the values in the form; only looked at."""

    class BoundPanel(HelpPanel.BoundPanel):
        """The panel of one settings row."""

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """`code`, its `picture`, what is `left_out`; `refused` when no receipt could be printed."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            try:
                code = code_of(self.instance)
            except PaymentStringError as error:
                return context | {"refused": str(error)}
            if code is None:
                return context
            return context | {"code": code, "picture": picture(code), "left_out": left_out_texts(code)}
