"""Messages of refusals about accounts, people, logins and supplied services."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts import exceptions
from portal.core.formatting import date_text
from portal.core.refusals import RefusalMessage, declare


def _supplied_already(refusal: exceptions.SuppliedAlready) -> str:
    since = date_text(refusal.since, year=True)
    if refusal.until is None:
        text = _("The service is entered from %(since)s on. If that day is wrong, correct the entry.")
        return text % {"since": since}
    text = _("The service is entered from %(since)s to %(until)s. If these days are wrong, correct the entry.")
    return text % {"since": since, "until": date_text(refusal.until, year=True)}


def _not_supplied(refusal: exceptions.NotSupplied) -> str:
    if refusal.since is None:
        return _("The service is not supplied on this day: it cannot end.")
    text = _("The service only begins on %(since)s: it cannot end earlier. If that day is wrong, correct the entry.")
    return text % {"since": date_text(refusal.since, year=True)}


def _request_waits(refusal: exceptions.RequestWaits) -> str:
    return (
        _("It is already being prepared.")
        if refusal.args == ("export",)
        else _("There is already such a request waiting.")
    )


declare(
    {
        exceptions.AccountNumberTaken: RefusalMessage(
            gettext_lazy("This account number was taken meanwhile."), field="number"
        ),
        exceptions.PremisesHaveAccount: RefusalMessage(gettext_lazy("These premises already have an open account.")),
        exceptions.LoginTaken: RefusalMessage(gettext_lazy("This login name is taken."), field="username"),
        exceptions.EmailTaken: RefusalMessage(
            gettext_lazy("This e-mail address belongs to another login."), field="email"
        ),
        exceptions.AlreadyHolds: RefusalMessage(gettext_lazy("This person already holds the account.")),
        exceptions.AccountIsClosed: RefusalMessage(gettext_lazy("This account is closed.")),
        exceptions.DayNotCome: RefusalMessage(
            gettext_lazy("This day has not come yet: enter it on the day."), field="since"
        ),
        exceptions.BeforeOpening: RefusalMessage(
            gettext_lazy("The account was opened on %(opened_on)s: choose that day or a later one."), field="since"
        ),
        exceptions.BeforeHolder: RefusalMessage(
            gettext_lazy("%(name)s has held the account since %(since)s: choose a later day."), field="since"
        ),
        exceptions.HoldersChanged: RefusalMessage(
            gettext_lazy("The holders have changed meanwhile. Open the page again.")
        ),
        exceptions.ContractNumberTaken: RefusalMessage(
            gettext_lazy("Another contract has this number."), field="contract_number"
        ),
        exceptions.NothingChanged: RefusalMessage(gettext_lazy("This is already entered.")),
        exceptions.SuppliedAlready: RefusalMessage(_supplied_already, field="since"),
        exceptions.NotSupplied: RefusalMessage(_not_supplied, field="until"),
        exceptions.EndsBeforeItBegins: RefusalMessage(gettext_lazy("The last day is before the first one.")),
        exceptions.ServiceGone: RefusalMessage(gettext_lazy("The entry was changed meanwhile. Open the page again.")),
        exceptions.LastHolder: RefusalMessage(
            gettext_lazy("An open account needs at least one holder. Transfer it to a new owner instead.")
        ),
        exceptions.PersonHasLogin: RefusalMessage(gettext_lazy("This person already has a login.")),
        exceptions.PassportNotChecked: RefusalMessage(
            gettext_lazy("Look at the passport first and tick the box."), field="passport_checked"
        ),
        exceptions.TooManyKeys: RefusalMessage(
            gettext_lazy("You have ten keys. Revoke one that you no longer need."), field="name"
        ),
        exceptions.RequestDecided: RefusalMessage(gettext_lazy("Somebody decided this request already.")),
        exceptions.RequestWaits: RefusalMessage(_request_waits),
    },
    year=True,
)
