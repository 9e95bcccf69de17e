"""Fixed vocabularies of money coming in."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PaymentChannel(models.TextChoices):
    """Channels by which money reaches the company."""

    CARD = "card", _("Card on the site")
    BANK = "bank", _("Bank")
    POST = "post", _("Post office")
    OFFICE = "office", _("Cash desk")
    TRANSFER = "transfer", _("Bank transfer")


class PaymentState(models.TextChoices):
    """States of a payment. Only an answer fetched from the gateway moves it."""

    CREATED = "created", _("Being prepared")
    PENDING = "pending", _("Waiting for the bank")
    WAITING_FOR_CAPTURE = "waiting_for_capture", _("Held on the card")
    SUCCEEDED = "succeeded", _("Paid")
    CANCELED = "canceled", _("Not paid")


OPEN_STATES = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.WAITING_FOR_CAPTURE)


class Network(models.TextChoices):
    """Card networks that the site takes."""

    MIR = "mir", "МИР"
    VISA = "visa", "Visa"
    MASTERCARD = "mastercard", "Mastercard"


class GatewayEventKind(models.TextChoices):
    """Kinds of exchanges with the gateway."""

    CREATE = "create", pgettext_lazy("portal", "Create")
    FETCH = "fetch", _("Fetch")
    CAPTURE = "capture", _("Capture")
    REFUND = "refund", _("Refund")
    FETCH_REFUND = "fetch_refund", _("Fetch a refund")
    RECEIPT = "receipt", _("Fetch the electronic receipt")
    WEBHOOK = "webhook", _("Notice")


class ReceiptState(models.TextChoices):
    """States of the electronic receipt of a payment (54-ФЗ); empty: none was ordered."""

    PENDING = "pending", _("Being registered")
    SUCCEEDED = "succeeded", _("Registered")
    CANCELED = "canceled", _("Not registered")


class RefundState(models.TextChoices):
    """States of a refund."""

    REQUESTED = "requested", _("Requested by the resident")
    AWAITING = "awaiting", _("Waits for a second person")
    APPROVED = "approved", _("To be sent to the bank")
    PENDING = "pending", _("The bank is returning it")
    SUCCEEDED = "succeeded", _("Returned")
    CANCELED = "canceled", _("Refused by the bank")
    REJECTED = "rejected", pgettext_lazy("payments", "Rejected")


LIVE_REFUNDS = (
    RefundState.AWAITING,
    RefundState.APPROVED,
    RefundState.PENDING,
    RefundState.SUCCEEDED,
)


class DuplicateDecision(models.TextChoices):
    """Decisions on a payment that looks made twice."""

    OPEN = "open", _("To be decided")
    ADVANCE = "advance", _("Stays as an advance")
    REFUND = "refund", _("Returned")
    SEPARATE = "separate", _("Not a duplicate")


class Layout(models.TextChoices):
    """Layouts of a bank file."""

    DELIMITED = "delimited", _("Fields with a separator")
    FIXED = "fixed", _("Fixed width")
    TABLE = "table", _("Table with headings (CSV or XLSX)")
    EXCHANGE_1C = "exchange_1c", _("1CClientBankExchange statement")
    NAMED = "named", _("Fields by place, then NAME:value (Sberbank with readings)")
    TWO_FILES = "two_files", _("Two files: payment orders and their payments")
    DBF = "dbf", _("dBase file (DBF)")


class Encoding(models.TextChoices):
    """Encodings of bank files; the file's own signs win over the declared one."""

    AUTO = "auto", _("Identify")
    UTF8 = "utf-8", "UTF-8"
    CP1251 = "cp1251", "Windows-1251"
    CP866 = "cp866", "DOS (CP866)"
    KOI8 = "koi8-r", "KOI8-R"


class Purpose(models.TextChoices):
    """Purposes of a bank file's lines."""

    CREDIT = "credit", _("Payments to be credited")
    COMPARE = "compare", _("Report on payments that we have: compare only")


class NegativeSums(models.TextChoices):
    """Meanings of a negative sum in a bank's file."""

    ERROR = "error", _("An error in the file")
    CORRECTION = "correction", _("A correction: waits for a decision by hand")


class Field(models.TextChoices):
    """Contents of a bank file's column."""

    DATE = "date", _("Payment date")
    TIME = "time", _("Payment time")
    ACCOUNT = "account", _("Account number")
    AMOUNT = "amount", _("Sum")
    COMMISSION = "commission", _("Commission")
    TRANSFERRED = "transferred", _("Sum to be transferred")
    OPERATION = "operation", _("Operation number")
    PAYER = "payer", _("Payer")
    ADDRESS = "address", _("Address")
    PERIOD = "period", _("Period")
    PURPOSE = "purpose", _("Purpose of payment")
    CURRENCY = "currency", _("Currency")
    VAT = "vat", _("VAT on the commission")
    ORDER = "order", _("Number of the payment order")
    READING = "reading", _("Meter reading")
    IGNORED = "ignored", pgettext_lazy("portal", "Not used")


class FileState(models.TextChoices):
    """States of a bank file."""

    UPLOADED = "uploaded", _("Being read")
    CHECKED = "checked", _("Checked, not imported")
    REFUSED = "refused", pgettext_lazy("payments", "Refused")
    IMPORTING = "importing", _("Being imported")
    IMPORTED = "imported", _("Imported")


class LineState(models.TextChoices):
    """States of a line."""

    READY = "ready", pgettext_lazy("payments", "Ready")
    BAD = "bad", _("Bad")
    ASKED = "asked", _("Waits for a decision")
    UNKNOWN = "unknown", _("Account not known")
    REPEATED = "repeated", _("Imported before")
    CREDITED = "credited", _("Credited")
    COMPARED = "compared", _("Compared")
    DISMISSED = "dismissed", _("Not a resident's payment")


class ReportedReadingState(models.TextChoices):
    """States of the readings that a payer reported to the bank with a payment; empty when there are none."""

    WAITING = "waiting", _("To be submitted")
    TAKEN = "taken", _("Taken")
    REFUSED = "refused", _("Not taken")


class RuleKind(models.TextChoices):
    """By what an unidentified payment is recognised next time."""

    ACCOUNT_TEXT = "account_text", _("Account number as written")
    PAYER = "payer", _("Payer")


class DifferenceKind(models.TextChoices):
    """Kinds of differences between two books."""

    UNKNOWN_AT_PORTAL = "unknown_at_portal", _("The gateway has a payment that we do not")
    UNKNOWN_AT_GATEWAY = "unknown_at_gateway", _("The gateway does not know our payment")
    STATE = "state", _("The states differ")
    SUM = "sum", _("The sums differ")
    NOT_IN_LEDGER = "not_in_ledger", _("Paid, but not in the ledger")
    LEDGER_SUM = "ledger_sum", _("The ledger has another sum")
    LEDGER_ORPHAN = "ledger_orphan", _("In the ledger without a payment")
    REFUND_NOT_IN_LEDGER = "refund_not_in_ledger", _("Returned, but not in the ledger")
    REFUND_AT_GATEWAY = "refund_at_gateway", _("The gateway returned another sum")
    BANK_FILE_LINE = "bank_file_line", _("A line of a bank file without its payment")
    REPORT_LINE = "report_line", _("The gateway's report has a payment that we do not")
    NO_RECEIPT = "no_receipt", _("The electronic receipt is not registered")
    UNIDENTIFIED = "unidentified", _("A payment waits for its account")
