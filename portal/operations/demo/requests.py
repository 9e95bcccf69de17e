"""Crews with their calendar, a lived-in dispatcher's list, incidents, outages."""

import datetime as dt
from collections.abc import Iterator, Sequence

from portal.accounts.enums import Service
from portal.accounts.models import Account, House
from portal.operations.demo import commissioning
from portal.operations.demo.world import MORNING, Household, World, at_time
from portal.service_requests.crews.models import Crew, CrewKind, DayOff, WorkingHours
from portal.service_requests.crews.services import open_calendar
from portal.service_requests.dispatch import services as dispatch
from portal.service_requests.dispatch.enums import RequestKind, RequestSource, RequestState
from portal.service_requests.dispatch.models import DispatchRequest, Incident, KindNorm
from portal.service_requests.dispatch.norms import DEFAULTS
from portal.service_requests.outages import services as outages
from portal.service_requests.outages.models import Outage, OutageKind
from portal.service_requests.outages.selectors import Scope
from portal.service_requests.replacement import notifications as verification
from portal.service_requests.replacement import selectors as replacement_numbers

WAY = (RequestState.ASSIGNED, RequestState.ON_THE_WAY, RequestState.WORKING, RequestState.DONE)
PACE = (3, 8, 14, 15)
"""How long each step of a crew's way takes, in tenths of the mean."""
PLANNED = (
    (-83, 10, "Плановая промывка сетей"),
    (-52, 9, "Замена задвижки в колодце"),
    (-26, 13, "Перекладка ввода в дом"),
)
"""Days from today, the hour, why."""
STORIES = (
    (RequestKind.LEAK_HOUSE, "Течёт стояк в подвале, вода у лестницы.", "Заменили участок трубы, 2 метра."),
    (RequestKind.NO_WATER, "Холодной воды нет с утра во всём подъезде.", "Открыли задвижку после ремонта."),
    (RequestKind.LOW_PRESSURE, "Вечером вода еле идёт, душ не работает.", "Промыли фильтр на вводе."),
    (RequestKind.SEWER, "Засор, вода поднимается в ванной на первом этаже.", "Прочистили выпуск из дома."),
    (RequestKind.QUALITY, "Вода ржавая, особенно утром.", "Промыли участок сети, взяли пробу."),
    (RequestKind.LEAK_STREET, "У дома вода идёт из-под асфальта.", "Порыв трубы 150 мм, поставили хомут."),
    (RequestKind.OTHER, "Открыт люк колодца во дворе.", "Закрыли люк, поставили ограждение."),
)


def load(world: World) -> None:
    """Everything outdoors."""
    crews = _crews(world)
    _dispatch(world, crews)
    _annas_old_request(world, crews[1])
    commissioning.load(world)
    _incident_of_today(world, crews[0])
    _incident_that_is_over(world, crews[2])
    _planned_outages(world)
    _glebs_meter(world)


def _at(world: World, days: int, hour: int, minute: int = 0) -> dt.datetime:
    """Play on from a moment so many days from today; returns it."""
    return world.at(world.time(days, hour, minute))


def _crews(world: World) -> list[Crew]:
    for kind, norm in DEFAULTS.items():
        KindNorm.objects.create(kind=kind, urgent=norm.urgent, minutes=norm.minutes)
    emergency = [
        Crew.objects.create(name=f"Аварийная бригада {n}", kind=CrewKind.EMERGENCY, phone=f"+7 495 000-02-0{n}")
        for n in (1, 2, 3)
    ]
    for number in (1, 2):
        crew = Crew.objects.create(
            name=f"Мастера учёта {number}", kind=CrewKind.FIELD, phone=f"+7 495 000-03-0{number}"
        )
        crew.members.add(world.staff["engineer"])
        WorkingHours.objects.bulk_create(
            WorkingHours(crew=crew, weekday=day, starts=dt.time(hour), ends=dt.time(hour + 2), capacity=3)
            for day in range(6 if number == 1 else 5)
            for hour in (10, 14, 18)
        )
    DayOff.objects.create(day=world.today + dt.timedelta(days=9), reason="Общее собрание")
    open_calendar(first=world.today - dt.timedelta(days=20), days=55)
    return emergency


def _walk(
    request: DispatchRequest, crew: Crew, steps: int, world: World, *, minutes: int, note: str
) -> DispatchRequest:
    moment = request.received_at
    for number, state in enumerate(WAY[:steps]):
        moment += dt.timedelta(minutes=minutes * PACE[number] // 10)
        request = dispatch.move(
            request=request,
            to=state,
            version=request.version,
            by=world.staff["dispatcher"],
            moment=world.at(moment),
            crew=crew,
            text=note if number == 3 else "",
        )
    return request


def _neighbours(world: World) -> Iterator[Household]:
    others = [household for household in world.households if not household.named]
    while True:
        yield world.random.choice(others)


def _dispatch(world: World, crews: list[Crew]) -> None:
    homes, randint = _neighbours(world), world.random.randint
    moments = [world.time(-randint(2, 30), randint(7, 18), randint(0, 59)) for _ in range(30)]
    for number, moment in enumerate(sorted(moments)):
        request = _taken(world, next(homes), number, moment)
        minutes = world.random.randint(8, 45)
        request = _walk(request, crews[number % 3], 4, world, minutes=minutes, note=STORIES[number % 7][2])
        if number % 3:
            moment = world.at(request.changed_at + dt.timedelta(minutes=randint(10, 60)))
            dispatch.confirm(request=request, by=request.author, moment=moment)
            dispatch.rate(
                request=DispatchRequest.objects.get(pk=request.pk),
                mark=randint(3, 5),
                text="",
                by=world.staff["dispatcher"],
                moment=moment,
            )
    _today(world, crews, homes)


def _today(world: World, crews: list[Crew], homes: Iterator[Household]) -> None:
    for number, (hour, steps) in enumerate(((6, 3), (7, 2), (7, 1), (8, 0), (8, 0), (8, 0))):
        request = _taken(world, next(homes), 100 + number, _at(world, 0, hour, 7 * number))
        _walk(request, crews[number % 3], steps, world, minutes=12, note="")
    same = next(homes)
    for number in (200, 201):
        _taken(world, same, number * 7 + 1, _at(world, 0, 8, number - 180))
    dispatch.take_request(
        key="demo-call",
        kind=RequestKind.LEAK_STREET,
        place=dispatch.RequestPlace(address="На перекрёстке у школы"),
        source=RequestSource.PHONE,
        text="Прохожий: вода течёт по дороге.",
        phone="+7 916 000-11-22",
        caller="Прохожий",
        moment=_at(world, 0, 8, 25),
        author=world.staff["dispatcher"],
    )


def _taken(world: World, home: Household, number: int, moment: dt.datetime) -> DispatchRequest:
    kind, text, _note = STORIES[number % len(STORIES)]
    return dispatch.take_request(
        key=f"demo-{number}",
        kind=kind,
        place=dispatch.place_of(_whole(home.account)),
        text=text,
        moment=world.at(moment),
        phone=home.holder.phone or "+7 916 000-00-00",
        caller=home.holder.short_name,
        author=home.holder.user or world.staff["dispatcher"],
    )


def _whole(account: Account) -> Account:
    return Account.objects.with_address().get(pk=account.pk)


def _annas_old_request(world: World, crew: Crew) -> None:
    anna = world.people["anna"].user
    done = dispatch.take_request(
        key="demo-anna-1",
        kind=RequestKind.LOW_PRESSURE,
        place=dispatch.place_of(_annas_account(world), "кухня"),
        phone=world.people["anna"].phone,
        text="Третий день слабый напор холодной воды.",
        author=anna,
        moment=_at(world, -12, 19, 40),
    )
    done = _walk(done, crew, 4, world, minutes=35, note="Промыли фильтр на вводе в дом, напор проверили.")
    morning = _at(world, -11, 8, 50)
    done = dispatch.confirm(request=done, by=anna, moment=morning)
    if anna is not None:
        dispatch.rate(request=done, mark=5, text="Приехали быстро, всё объяснили.", by=anna, moment=morning)


def _annas_account(world: World) -> Account:
    return _whole(world.accounts["0010001"])


def _reported(world: World, house: House, texts: Sequence[str], first: dt.datetime) -> list[DispatchRequest]:
    """Neighbours of a house report the same, four minutes apart."""
    homes = [
        household
        for household in world.households
        if not household.named and household.account.premises.house_id == house.pk
    ]
    return [
        dispatch.take_request(
            key=f"demo-{house.pk}-{number}",
            kind=RequestKind.NO_WATER,
            place=dispatch.place_of(_whole(home.account)),
            text=text,
            moment=world.at(first + dt.timedelta(minutes=4 * number)),
            caller=home.holder.short_name,
            phone=home.holder.phone or "+7 916 000-00-00",
            author=home.holder.user or world.staff["dispatcher"],
        )
        for number, (home, text) in enumerate(zip(homes, texts, strict=False))
    ]


def _together(world: World, incident: Incident, crew: Crew, moments: Sequence[dt.datetime], *, note: str = "") -> None:
    """The requests of an incident go their way with one crew, a step at each moment."""
    for state, moment in zip(WAY, moments, strict=False):
        dispatch.move_incident(
            incident=incident,
            to=state,
            by=world.staff["dispatcher"],
            crew=crew,
            moment=world.at(moment),
            text=note if state == RequestState.DONE else "",
        )


def _incident_of_today(world: World, crew: Crew) -> None:
    """Anna and two neighbours have no water: one incident, an outage from it, and a crew at work."""
    account, dispatcher = _annas_account(world), world.staff["dispatcher"]
    house = account.premises.house
    texts = ("Воды нет во всём подъезде.", "Из крана только воздух, холодной нет.")
    requests = _reported(world, house, texts, world.time(0, 8, 5))
    annas = dispatch.take_request(
        key="demo-anna-2",
        kind=RequestKind.NO_WATER,
        place=dispatch.place_of(account),
        phone=world.people["anna"].phone,
        text="Холодной воды нет совсем, у соседей тоже.",
        moment=_at(world, 0, 8, 12),
        author=world.people["anna"].user,
    )
    incident = dispatch.join(requests=[*requests, annas], by=dispatcher, moment=_at(world, 0, 8, 15))
    reason = f"Порыв трубы 150 мм у дома {house.number}"
    _announced(world, OutageKind.EMERGENCY, house, house.number, world.time(0, 8), 6, reason, incident)
    _together(world, incident, crew, [world.time(0, 8, minute) for minute in (17, 21, 48)])
    for request in incident.requests.all():
        dispatch.say(
            request=request,
            text=f"{reason}. Участок перекрыли, копаем.",
            public=True,
            by=dispatcher,
            moment=_at(world, 0, 9, 5),
        )
        request.refresh_from_db()
        dispatch.promise(
            request=request, until=world.time(0, 14), version=request.version, by=dispatcher, moment=_at(world, 0, 9, 6)
        )


def _incident_that_is_over(world: World, crew: Crew) -> None:
    """Five days ago a pumping station stood still; three reported it, the water was off longer than promised."""
    house = _house_elsewhere(world)
    texts = ("Холодной воды нет совсем.", "Нет воды на верхних этажах.", "Воды нет, когда дадут?")
    requests = _reported(world, house, texts, world.time(-5, 10, 2))
    incident = dispatch.join(requests=requests, by=world.staff["dispatcher"], moment=_at(world, -5, 10, 12))
    past = _announced(
        world, OutageKind.EMERGENCY, house, house.number, world.time(-5, 10), 7, "Авария на насосной станции", incident
    )
    moments = [world.time(-5, *time) for time in ((10, 15), (10, 20), (10, 50), (18, 50))]
    _together(world, incident, crew, moments, note="Насос заменили, давление в доме проверили.")
    outages.end(outage=past, ended_at=world.time(-5, 19), now=_at(world, -5, 19, 4))
    for number, request in enumerate(incident.requests.all()):
        dispatch.confirm(request=request, by=request.author, moment=_at(world, -5, 19, 22 + 16 * number))


def _house_elsewhere(world: World) -> House:
    """The first house of another street than Anna's that somebody lives in; her own where there is no other."""
    street = _annas_account(world).premises.house.street_id
    lived_in = House.objects.filter(
        premises__accounts__in=[home.account for home in world.households if not home.named]
    )
    return (
        lived_in.exclude(street=street).select_related("street").order_by("pk").first()
        or _annas_account(world).premises.house
    )


def _planned_outages(world: World) -> None:
    """One to come, and some that are over: so short that nobody's bill changes."""
    houses = list(House.objects.select_related("street").order_by("pk"))
    for number, (days, hour, reason) in enumerate(PLANNED):
        house = houses[(4 * number + 2) % len(houses)]
        outage = _announced(world, OutageKind.PLANNED, house, house.number, world.time(days, hour), 4, reason)
        ended = _at(world, days, hour + 2, 40 + 6 * number)
        outages.end(outage=outage, ended_at=ended, now=ended)
    _announced(world, OutageKind.PLANNED, _house_elsewhere(world), "", world.time(18, 9), 5, "Замена задвижки на вводе")


def _announced(
    world: World,
    kind: OutageKind,
    house: House,
    houses: str,
    starts: dt.datetime,
    hours: int,
    reason: str,
    incident: Incident | None = None,
) -> Outage:
    noticed_at = incident.opened_at + dt.timedelta(minutes=3) if incident else _early(world, starts)
    world.at(noticed_at - dt.timedelta(minutes=2))
    drafted = outages.draft(
        kind=kind,
        services=[Service.COLD_WATER],
        starts_at=starts,
        ends_at=starts + dt.timedelta(hours=hours),
        reason=reason,
        scopes=[Scope(house.street_id, houses)],
        by=world.staff["dispatcher"],
        incident=incident,
        delivery=_truck(house, starts, hours) if kind == OutageKind.EMERGENCY else "",
    )
    return outages.publish(outage=drafted, moment=world.at(noticed_at))


def _early(world: World, starts: dt.datetime) -> dt.datetime:
    """Return when a planned one was announced: as early as the rules want, three days ago at the latest."""
    return min(world.office((starts - dt.timedelta(days=21)).date()), world.time(-3, 15, 20))


def _truck(house: House, starts: dt.datetime, hours: int) -> str:
    """Return where and when a truck brings water while there is none."""
    first, last = starts + dt.timedelta(hours=1, minutes=30), starts + dt.timedelta(hours=hours)
    return f"у дома {house.number}, с {first.hour}:{first:%M} до {last.hour}:{last:%M}"


def _glebs_meter(world: World) -> None:
    account = world.accounts["0010005"]
    meter = account.meters.filter(closed_on=None).select_related("account").order_by("verified_until").first()
    world.at(at_time(world.today - dt.timedelta(days=1), MORNING))
    if meter is not None:
        days = (meter.verified_until - world.today).days
        verification.ends_soon(meter, days, replacement_numbers.cost_of_inaction(meter, world.today))
