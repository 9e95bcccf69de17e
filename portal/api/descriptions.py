"""What each operation does, by its name, as msgids."""

from django.utils.translation import gettext_noop as _

DESCRIPTIONS = {
    "list_accounts": _("Accounts that the login holds now, with their balances, by number."),
    "get_account": _("The balance, the day by which the last bill is to be paid, the next window for readings."),
    "list_meters": _("Active meters, each with its last accepted reading."),
    "list_readings": _("Readings of the account's meters, those that were replaced too, newest first."),
    "send_reading": _(
        "Accepted within the window; until its last day another value replaces it, and the same value sent "
        "twice is one reading. A refusal says why, and when the next window opens."
    ),
    "list_entries": _("Charges and payments in force, with the balance after each, newest first."),
    "list_outages": _("Outages of now and the next fourteen days that concern the account's house."),
    "list_charges": _("Bills of the closed months, newest first: every line with its volume, price, sum and reasons."),
    "list_receipts": _("Receipts of the months in which the login holds the account, newest first."),
    "receipt_pdf": _("The receipt as it was issued."),
    "list_payments": _("Payments of the account by any channel, newest first."),
    "get_payment": _("Whether a payment has gone through: the bank is asked, at most every few seconds."),
    "create_payment": _(
        "Makes a payment and answers with the bank's page for it. Nothing is paid until a person pays on that page."
    ),
}
