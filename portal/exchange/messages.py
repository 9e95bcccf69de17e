"""Messages of refusals of imports and exports."""

from django.utils.translation import gettext_lazy

from portal.core.refusals import ByCode, RefusalMessage, declare
from portal.exchange.exceptions import ExportRefused, ImportRefused

declare(
    {
        ImportRefused: RefusalMessage(
            ByCode(
                {
                    "state": gettext_lazy("The import has moved on meanwhile: look at it again."),
                    "nothing": gettext_lazy("There is no row to be loaded."),
                    "built_upon": gettext_lazy("It cannot be undone, something depends on it: %(detail)s."),
                }
            )
        ),
        ExportRefused: RefusalMessage(
            ByCode(
                {
                    "order": gettext_lazy("The last month is before the first one."),
                    "nothing": gettext_lazy("Nothing is booked in these months."),
                    "too_many": gettext_lazy(
                        "That is more than half a million rows, too many for Excel: choose CSV, or fewer months."
                    ),
                }
            )
        ),
    }
)
