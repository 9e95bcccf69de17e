"""The cabinet's menu: 216 px beside the page, on phones a bar of five with «Ещё»; tabs in a place of several pages."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.notifications.selectors import unread_count


@dataclass(frozen=True, slots=True)
class MenuPage:
    """A page of a place: URL name, words of its tab, where pages lie that belong to it though their addresses differ.

    `of_login` pages are about the login, not about an account: they stay when it holds none.
    """

    name: str
    title: Promise
    holds: str = ""
    of_login: bool = False
    help: str = ""
    """Anchor of its chapter in the guide."""

    @property
    def url(self) -> str:
        """Address, empty where the installation lacks the part."""
        try:
            return reverse(self.name)
        except NoReverseMatch:
            return ""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A place of the cabinet: words, icon, its pages; `bar` are its words in the phone's bar, if it is there."""

    title: Promise
    icon: str
    sections: tuple[MenuPage, ...]
    bar: Promise | None = None
    group: int = 0

    def visible(self, holds_account: bool) -> list[MenuPage]:
        """Pages that the login may open."""
        return [section for section in self.sections if (holds_account or section.of_login) and section.url]


HOME = "cabinet:home"
OVERVIEW, READINGS, REQUESTS = _("Overview"), _("Readings"), _("Requests")
BILLS, PAY, MESSAGES, PROFILE = pgettext_lazy("cabinet menu", "Bills"), _("Pay"), _("Messages"), _("Profile")
PLACES = (
    MenuItem(OVERVIEW, "home", (MenuPage(HOME, OVERVIEW, "/personal/former/", of_login=True, help="home"),), OVERVIEW),
    MenuItem(
        READINGS,
        "meter",
        (
            MenuPage("cabinet:readings", _("Send readings"), help="readings"),
            MenuPage("cabinet:readings-history", _("History"), help="readings"),
        ),
        READINGS,
    ),
    MenuItem(
        BILLS,
        "file",
        (
            MenuPage("cabinet:receipts", _("Bills by month"), "/personal/bills/", help="bills"),
            MenuPage("cabinet:ledger", _("Charges and payments"), help="ledger"),
            MenuPage("cabinet:payments", _("All payments"), help="pay"),
        ),
        BILLS,
    ),
    MenuItem(PAY, "card", (MenuPage("cabinet:pay", PAY, help="pay"),)),
    MenuItem(
        REQUESTS,
        "chat",
        (
            MenuPage("cabinet:requests", _("Repairs and meters"), help="requests"),
            MenuPage("cabinet:complaints", _("Complaints and suggestions"), of_login=True),
            MenuPage("cabinet:support", pgettext_lazy("cabinet menu", "Questions"), of_login=True),
        ),
        REQUESTS,
    ),
    MenuItem(
        _("Meters and consumption"),
        "chart",
        (
            MenuPage("cabinet:meters", _("Meters"), help="meters"),
            MenuPage("cabinet:consumption", _("Consumption"), help="consumption"),
        ),
    ),
    MenuItem(MESSAGES, "inbox", (MenuPage("cabinet:inbox", MESSAGES, of_login=True, help="messages"),), group=1),
    MenuItem(PROFILE, "user", (MenuPage("cabinet:profile", PROFILE, of_login=True, help="profile"),), group=1),
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


@dataclass(frozen=True, slots=True)
class Tab:
    """A page among the pages of its place."""

    url: str
    title: Promise
    is_current: bool


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
    current, _section = _current(path, holds_account)
    items = []
    for place in PLACES:
        sections = place.visible(holds_account)
        if not sections:
            continue
        state = "" if place is not current else "page" if path == sections[0].url else "true"
        bar = place.bar if holds_account or not place.group else place.title
        count = unread if place.title is MESSAGES else 0
        items.append(Item(sections[0].url, place.title, place.icon, bar, place.group, state, count))
    return items


def tabs(*, path: str, holds_account: bool = True) -> list[Tab]:
    """Pages of the place at `path`: none on a page below them, which has a link back, and in a place of one page."""
    place, current = _current(path, holds_account)
    if place is None or current is None or path != current.url:
        return []
    sections = place.visible(holds_account)
    return [Tab(section.url, section.title, section is current) for section in sections] if len(sections) > 1 else []


def help_anchor(path: str) -> str:
    """Anchor of the guide's chapter about the page at `path`; empty when no chapter is."""
    _place, section = _current(path, holds_account=True)
    return section.help if section else ""


def _current(path: str, holds_account: bool) -> tuple[MenuItem | None, MenuPage | None]:
    """The place and the page with the longest address that `path` begins with; the first page is no prefix."""
    best: tuple[MenuItem | None, MenuPage | None] = (None, None)
    longest = 0
    for place in PLACES:
        for section in place.visible(holds_account):
            for prefix in _prefixes(section):
                inside = path.startswith(prefix) if section.name != HOME or prefix != section.url else path == prefix
                if inside and len(prefix) > longest:
                    best, longest = (place, section), len(prefix)
    return best


def _prefixes(section: MenuPage) -> Iterator[str]:
    yield section.url
    if section.holds:
        yield section.holds
