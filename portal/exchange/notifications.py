"""What the staff are told of exports."""

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.exchange.enums import ExportSubject
from portal.exchange.models import Export
from portal.notifications import categories
from portal.notifications.declarations import Link, NotificationKind, Placeholder, money, period, register
from portal.notifications.services.outbox import Recipient, notify
from portal.notifications.texts import Text

EXPORT_READY = register(
    NotificationKind(
        code="books_export_ready",
        name=_("A file for the books is ready (staff)"),
        category=categories.EXPORT_READY,
        icon="download",
        link=Link("office_exports"),
        placeholders={
            "what": Placeholder(_("What was exported"), "Начисления"),
            "first": period(_("From month"), dt.date(2026, 10, 1)),
            "last": period(_("To month"), dt.date(2026, 10, 1)),
            "rows": Placeholder(_("How many rows"), 412),
            "total": money(_("Sum of the file"), Decimal("198440.25")),
        },
        russian=Text(
            "Файл выгрузки готов",
            "{what}, {first} — {last}: строк {rows}, сумма {total}. Файл лежит на экране «Выгрузка в 1С и Excel».",
        ),
        english=Text(
            "The exported file is ready",
            "{what}, {first} to {last}: {rows} rows, sum {total}. The file is on the screen “Export to 1C and Excel”.",
        ),
    )
)


def notify_export_ready(export: Export, *, to: User) -> int:
    """Tell whoever started an export that its file is ready, once; returns the new messages."""
    return notify(
        kind=EXPORT_READY,
        event=f"export:{export.pk}",
        recipients=[Recipient(user=to, address=to.email)],
        context={
            "what": ExportSubject(export.subject).label,
            "first": export.first_period,
            "last": export.last_period,
            "rows": export.rows,
            "total": export.total,
        },
    )
