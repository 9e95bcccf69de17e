"""The categories of notifications: what a resident can refuse in the profile, and how each category is delivered.

A kind (`portal.notifications.declarations`) belongs to one category. The order here is the order on the screens.
"""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from portal.notifications.enums import DeliveryChannel

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Category:
    """Rules of delivery that all kinds of a category share.

    `mandatory`: nobody can refuse it. `urgent`: it waits neither for quiet hours nor for the digest.
    `email_by_default`: whether it goes by mail to those who chose nothing. `for_staff`: it leads into the admin, and
    its letter names no cabinet. `useful_for`: how long after its time a letter is still worth sending; None: always.
    """

    code: str
    label: "StrOrPromise"
    mandatory: bool = False
    urgent: bool = False
    email_by_default: bool = True
    for_staff: bool = False
    useful_for: dt.timedelta | None = None

    def __str__(self) -> str:
        return str(self.label)

    def wanted_by_default(self, channel: str) -> bool:
        """Whether it goes by a channel to somebody who chose nothing."""
        return channel != DeliveryChannel.EMAIL or self.email_by_default


WINDOW_OPENS = Category(
    "window_opens", _("Reading window opens"), email_by_default=False, useful_for=dt.timedelta(days=10)
)
READINGS_REMINDER = Category("readings_reminder", _("Reminder to send readings"), useful_for=dt.timedelta(days=2))
READING_ACCEPTED = Category("reading_accepted", _("Reading accepted"))
READING_QUESTION = Category("reading_question", _("Question about a reading"))
RECEIPT_READY = Category("receipt_ready", _("Receipt ready"))
PAYMENT = Category("payment", _("Payment"))
DEBT = Category("debt", _("Debt"))
REQUEST_CHANGED = Category("request_changed", _("Request changed"), urgent=True)
VERIFICATION = Category("verification", _("Verification of a meter"))
OUTAGE = Category("outage", _("Outage"), urgent=True, useful_for=dt.timedelta(days=1))
RECEIVED = Category("received", _("Message received"), mandatory=True)
ANSWER = Category("answer", _("Answer"), mandatory=True)
ACT = Category("act", _("Report on the account"), mandatory=True)
HOLDER = Category("holder", _("Change of an account's holders"), mandatory=True)
SECURITY = Category("security", _("Login security"), mandatory=True, urgent=True)
RECOVERY = Category("recovery", _("Password recovery"), mandatory=True, urgent=True, useful_for=dt.timedelta(hours=12))
EMAIL_CONFIRM = Category(
    "email_confirm",
    _("Confirmation of an e-mail address"),
    mandatory=True,
    urgent=True,
    useful_for=dt.timedelta(days=1),
)
JOB_FAILED = Category("job_failed", _("Job that failed (staff)"), mandatory=True, urgent=True, for_staff=True)
SERVICE_STATE = Category(
    "service_state",
    _("State of the portal (staff)"),
    mandatory=True,
    urgent=True,
    for_staff=True,
    useful_for=dt.timedelta(days=2),
)
SEAL = Category("seal", _("Hash of the ledger (staff)"), mandatory=True, for_staff=True)
EXPORT_READY = Category("books_ready", _("File for the books that is ready (staff)"), mandatory=True, for_staff=True)
DECISION = Category("decision", _("Decision on a money operation (staff)"), mandatory=True, urgent=True, for_staff=True)
NEEDS_DECISION = Category(
    "needs_decision", _("Work that waits for a decision (staff)"), mandatory=True, urgent=True, for_staff=True
)

CATEGORIES: tuple[Category, ...] = (
    WINDOW_OPENS,
    READINGS_REMINDER,
    READING_ACCEPTED,
    READING_QUESTION,
    RECEIPT_READY,
    PAYMENT,
    DEBT,
    REQUEST_CHANGED,
    VERIFICATION,
    OUTAGE,
    RECEIVED,
    ANSWER,
    ACT,
    HOLDER,
    SECURITY,
    RECOVERY,
    EMAIL_CONFIRM,
    JOB_FAILED,
    SERVICE_STATE,
    SEAL,
    EXPORT_READY,
    DECISION,
    NEEDS_DECISION,
)
REFUSABLE: tuple[Category, ...] = tuple(category for category in CATEGORIES if not category.mandatory)
REFUSABLE_CODES = frozenset(category.code for category in REFUSABLE)
CHANNELS: tuple[DeliveryChannel, ...] = (DeliveryChannel.INBOX, DeliveryChannel.EMAIL)
