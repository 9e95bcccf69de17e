"""The daily letter with the hash: what is kept outside the portal proves what is in it."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from portal.accounts.staff import notify_employees
from portal.core.clock import MOSCOW
from portal.core.money import from_kopecks
from portal.integrity.models import Seal
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, moment, money, register
from portal.notifications.texts import Text

SEAL_MADE = register(
    NotificationKind(
        code="seal_made",
        name=_("Hash of the ledger (staff)"),
        category=categories.SEAL,
        icon="lock",
        link=Link("integrity_seal_modeladmin_index"),
        permission="integrity.view_seal",
        placeholders={
            "number": Placeholder(_("Number of the seal"), 12),
            "moment": moment(_("When it was made"), dt.datetime(2026, 11, 30, 0, 10, tzinfo=MOSCOW)),
            "hash": Placeholder(_("The hash"), "8f14e45fceea167a5a36dedd4bea2543" * 2, required=True),
            "entries": Placeholder(_("How many entries are new"), 412),
            "amount": money(_("Their sum"), Decimal("198440.25")),
            "receipts": Placeholder(_("How many receipts are new"), 300),
        },
        russian=Text(
            "Отпечаток книги счетов № {number}",
            "Отпечаток № {number}, {moment}:\n{hash}\n"
            "Новых записей: {entries}, их сумма {amount}; новых квитанций: {receipts}.\n"
            "Отпечаток считается по новым записям, новым квитанциям и предыдущему отпечатку. Если старую запись потом "
            "изменят, минуя портал, отпечаток перестанет сходиться.\n"
            "Сохраните это письмо вне портала: распечатайте или перешлите в свой архив. Чтобы проверить книгу по "
            "письму, откройте отпечатки и вставьте строку из букв и цифр в поле «Сверить с письмом».",
        ),
        english=Text(
            "Hash of the ledger No. {number}",
            "Hash No. {number}, {moment}:\n{hash}\n"
            "New entries: {entries}, their sum {amount}; new receipts: {receipts}.\n"
            "The hash is made of the new entries, the new receipts and the hash before it. If an old entry is changed "
            "later, past the portal, the hash stops matching.\n"
            "Keep this letter outside the portal: print it, or forward it to an archive of your own. To check the "
            "ledger against the letter, open the hashes and paste the line of letters and digits into “Compare with "
            "a letter”.",
        ),
    )
)


def notify_of_seal(seal: Seal) -> int:
    """Write the hash to the employees who may see the seals, once for each seal; returns the new messages."""
    return notify_employees(
        SEAL_MADE,
        event=f"seal:{seal.number}",
        context={
            "number": seal.number,
            "moment": seal.made_at,
            "hash": seal.sha256,
            "entries": seal.entries,
            "amount": from_kopecks(seal.entries_kopecks),
            "receipts": seal.receipts,
        },
    )
