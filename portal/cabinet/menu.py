"""The cabinet's menu: 216 px beside the page, on phones a bar of five with «Ещё»."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.notifications.selectors import unread_count


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A part of the cabinet: URL name, words, icon; `bar` are its shorter words in the phone's bar, if it is there.

    `holds` is where pages lie that belong to it, though their addresses begin otherwise. `of_login` places are about
    the login, not about an account: they stay when it holds none.
    """

    name: str
    title: Promise
    icon: str
    bar: Promise | None = None
    group: int = 0
    holds: str = ""
    of_login: bool = False


PLACES = (
    MenuItem("cabinet:home", _("Overview"), "home", _("Overview"), holds="/personal/former/", of_login=True),
    MenuItem("cabinet:readings", _("Readings"), "meter", _("Readings")),
    MenuItem("cabinet:receipts", _("Receipts"), "file", _("Receipts"), holds="/personal/bills/"),
    MenuItem("cabinet:ledger", _("Charges and payments"), "ledger"),
    MenuItem("cabinet:pay", _("Pay"), "card"),
    MenuItem("cabinet:requests", _("Requests"), "chat", _("Requests")),
    MenuItem("cabinet:meters", _("Meters"), "tap"),
    MenuItem("cabinet:consumption", _("Consumption"), "chart"),
    MenuItem("cabinet:complaints", _("Complaints and suggestions"), "book", of_login=True),
    MenuItem("cabinet:support", _("Support questions"), "question", of_login=True),
    MenuItem("cabinet:inbox", _("Messages"), "inbox", group=1, of_login=True),
    MenuItem("cabinet:profile", _("Profile"), "user", group=1, of_login=True),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A place as one page shows it."""

    url: str
    title: Promise
    icon: str
    bar: Promise | None
    group: int
    current: str
    count: int = 0


def remember_unread(request: HttpRequest, count: int) -> None:
    """A page that knows the number of unread messages spares the menu the question."""
    request.__dict__["cabinet_unread"] = count


def unread_of(request: HttpRequest) -> int:
    """Unread messages: as a page remembered them, or asked (one query)."""
    remembered = request.__dict__.get("cabinet_unread")
    return remembered if remembered is not None else unread_count(request.user)  # type: ignore[arg-type]  # logged in


def menu_items(*, path: str, unread: int, holds_account: bool = True) -> list[Item]:
    """The menu of a page at `path`. A part that the installation does not have is not shown.

    A login that holds no account sees what is about itself alone, messages and profile in the phone's bar.
    """
    items = []
    for place in PLACES:
        if not (holds_account or place.of_login):
            continue
        try:
            url = reverse(place.name)
        except NoReverseMatch:
            continue
        count = unread if place.name == "cabinet:inbox" else 0
        bar = place.bar if holds_account or not place.group else place.title
        items.append(Item(url, place.title, place.icon, bar, place.group, _current(place, url, path), count))
    return items


def _current(place: MenuItem, url: str, path: str) -> str:
    if path == url:
        return "page"
    inside = path.startswith(url) or (place.holds and path.startswith(place.holds))
    return "true" if place.name != "cabinet:home" and inside else ""
