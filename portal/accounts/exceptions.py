"""Why people and accounts refuse something. The text for a person is made at the edge."""

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portal.accounts.models import Account, Person


class TooManyAttempts(Exception):
    """Guessing is paused; `wait` says for how long."""

    def __init__(self, *, wait: dt.timedelta) -> None:
        super().__init__(f"wait {wait}")
        self.wait = wait


class GuessingStopped(TooManyAttempts):
    """Codes or passwords were tried too often where a login is under way or open; `ends_session`: it ends with that."""

    def __init__(self, *, wait: dt.timedelta, ends_session: bool) -> None:
        super().__init__(wait=wait)
        self.ends_session = ends_session


class RegistrationRefused(Exception):
    """The root of every refusal to register; nothing was written."""


class AccountNumberTaken(RegistrationRefused):
    """Another account has this number."""

    def __init__(self, *, number: str) -> None:
        super().__init__(number)
        self.number = number


class PremisesHaveAccount(RegistrationRefused):
    """The premises have an open account: add a holder to it, or close it first."""

    def __init__(self, *, account: "Account") -> None:
        super().__init__(str(account.pk))
        self.account = account


class LoginTaken(RegistrationRefused):
    """Another login has this name."""


class EmailTaken(RegistrationRefused):
    """Another login has this address."""


class AlreadyHolds(RegistrationRefused):
    """The person holds the account already."""


class AccountIsClosed(RegistrationRefused):
    """Nobody comes to hold a closed account."""


class DayNotCome(RegistrationRefused):
    """Holders, persons and services change on a day that has come, or has passed."""


class BeforeOpening(RegistrationRefused):
    """The day lies before the account was opened on `opened_on`."""

    def __init__(self, *, opened_on: dt.date) -> None:
        super().__init__(str(opened_on))
        self.opened_on = opened_on


class BeforeHolder(RegistrationRefused):
    """Raised when a leaving holder's time begins at `since`: the new one must come after that day."""

    def __init__(self, *, name: str, since: dt.date) -> None:
        super().__init__(str(since))
        self.name = name
        self.since = since


class HoldersChanged(RegistrationRefused):
    """Somebody changed the holders meanwhile: who was to leave holds the account no more."""


class ContractNumberTaken(RegistrationRefused):
    """Another contract has this number."""


class NothingChanged(RegistrationRefused):
    """Raised when nothing differs from what is stored."""


class SuppliedAlready(RegistrationRefused):
    """The service is supplied on the day, or from a later one: `since`, `until` are the days that stand."""

    def __init__(self, service: str, *, since: dt.date, until: dt.date | None) -> None:
        super().__init__(service)
        self.since = since
        self.until = until


class NotSupplied(RegistrationRefused):
    """The service is not supplied on the day: it cannot end. `since` is the later day from which it is, if any."""

    def __init__(self, service: str, *, since: dt.date | None = None) -> None:
        super().__init__(service)
        self.since = since


class EndsBeforeItBegins(RegistrationRefused):
    """The last day is before the first one."""


class ServiceGone(RegistrationRefused):
    """The entry of the service was withdrawn or changed meanwhile."""


class LastHolder(RegistrationRefused):
    """An open account keeps at least one holder: move it to a new one instead."""


class PersonHasLogin(RegistrationRefused):
    """The person has a login already; a new slip is printed for it instead."""

    def __init__(self, *, person: "Person") -> None:
        super().__init__(str(person.pk))
        self.person = person


class PassportNotChecked(RegistrationRefused):
    """A new slip is printed only after the passport was seen."""


class TooManyKeys(Exception):
    """The login has as many working API keys as it may."""


class RequestDecided(Exception):
    """Somebody decided this request already."""


class RequestWaits(Exception):
    """A request of this kind waits already."""


class LinkSpent(Exception):
    """The link was used, is too old, or was replaced by a newer one."""
