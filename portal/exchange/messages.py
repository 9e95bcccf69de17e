"""Messages of refusals of imports."""

from django.utils.translation import gettext_lazy

from portal.core.refusals import ByCode, RefusalMessage, declare
from portal.exchange.exceptions import ImportRefused

declare(
    {
        ImportRefused: RefusalMessage(
            ByCode(
                {
                    "state": gettext_lazy("The import has gone on meanwhile: look at it again."),
                    "nothing": gettext_lazy("There is no row to be loaded."),
                    "built_upon": gettext_lazy("It cannot be undone, something is built upon it: %(detail)s."),
                }
            )
        )
    }
)
