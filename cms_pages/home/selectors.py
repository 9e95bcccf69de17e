"""Content of the home page: the thing due now, outages, rates, news."""

import datetime as dt
from dataclasses import dataclass

from cms_pages.core.selectors import link_url
from cms_pages.home.models import HomePage
from cms_pages.news.models import NewsPage
from cms_pages.news.selectors import latest_news
from cms_pages.outages.selectors import OutageNotice, announced, emergencies
from cms_pages.tariffs.selectors import RateNow, rates_now
from portal.core import cache_version
from portal.core.calendars import Month, month_calendar
from portal.core.clock import date_of
from portal.core.periods import Period

OUTAGES_SHOWN = 4
PLACES_NAMED = 2


@dataclass(frozen=True, slots=True)
class Hero:
    """The card on top. `kind`: outage (a large one), readings (the window is open), payment (the window is closed).

    `emergencies` are the others that go on: the line above the card names them.
    """

    kind: str
    month: Month
    next_month: Month
    days_left: int
    outage: OutageNotice | None
    window_is_open: bool
    emergencies: list[OutageNotice]

    @property
    def houses_hit(self) -> int:
        """Houses of the emergencies in the line."""
        return sum(emergency.houses for emergency in self.emergencies)

    @property
    def places_hit(self) -> str:
        """«ул. Речная, 4; ул. Садовая, 2…»: the first places of the line, to the end of its sentence."""
        named = "; ".join(emergency.place for emergency in self.emergencies[:PLACES_NAMED])
        return f"{named}…" if len(self.emergencies) > PLACES_NAMED else f"{named}."

    @property
    def is_outage(self) -> bool:
        return self.kind == "outage"

    @property
    def is_readings(self) -> bool:
        return self.kind == "readings"

    @property
    def is_payment(self) -> bool:
        return self.kind == "payment"


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of an editor."""

    title: str
    note: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class Front:
    """Everything of the home page that is not typed into it."""

    hero: Hero
    tiles: list[Tile]
    points: list[str]
    outages: list[OutageNotice]
    outages_now: int
    outages_later_today: int
    outages_ahead: int
    rates: list[RateNow]
    news: list[NewsPage]

    @property
    def outages_all(self) -> int:
        """Return those going on and those announced, shown here or not."""
        return self.outages_now + self.outages_ahead

    @property
    def rates_since(self) -> dt.date | None:
        return max((rate.valid_from for rate in self.rates), default=None)


def _calendar(period: Period) -> Month:
    """The month's days (cached for a minute: the page asks for them on every visit)."""
    return cache_version.cached(f"month-{period}", lambda: month_calendar(period))


def hero_on(now: dt.datetime, outages: list[OutageNotice], *, large: int) -> Hero:
    """The thing due now: an emergency that hits `large` houses or more, then readings while their window is open,
    else payment.
    """
    day = now.date()
    month = _calendar(Period.of(day))
    going_on = emergencies(outages, now=now)
    emergency = going_on[0] if going_on and going_on[0].houses >= large else None
    is_open = month.window_is_open(day)
    kind = "outage" if emergency else "readings" if is_open else "payment"
    ahead = month if day <= month.window_closes else _calendar(month.period.next)
    others = going_on[1:] if emergency else going_on
    return Hero(kind, month, ahead, (month.window_closes - day).days, emergency, is_open, others)


def _tiles(page: HomePage) -> list[Tile]:
    values = [block.value for block in page.tiles]
    tiles = [Tile(value["title"], value["note"], value["icon"], link_url(value)) for value in values]
    return [tile for tile in tiles if tile.url]


def front_page(page: HomePage, *, now: dt.datetime) -> Front:
    """The home page at a business moment."""
    outages = announced(now=now)
    ahead = [outage for outage in outages if outage.starts_at > now]
    later_today = sum(date_of(outage.starts_at) == now.date() for outage in ahead)
    return Front(
        hero=hero_on(now, outages, large=page.large_outage_houses),
        tiles=_tiles(page),
        points=[line.strip() for line in page.cabinet_points.splitlines() if line.strip()][:4],
        outages=outages[:OUTAGES_SHOWN],
        outages_now=len(outages) - len(ahead),
        outages_later_today=later_today,
        outages_ahead=len(ahead),
        rates=rates_now(now.date()),
        news=latest_news(on=now.date(), count=page.news_count),
    )
