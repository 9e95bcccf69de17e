"""What the tests of meters share: an application's data, a crew with slots."""

import datetime as dt
from decimal import Decimal
from typing import Any

from portal.accounts.enums import Service
from portal.accounts.models import User
from portal.core.clock import MOSCOW
from portal.core.files.services import store_file
from portal.core.models import PrivateFile
from portal.service_requests.commissioning import services
from portal.service_requests.commissioning.enums import FileKind
from portal.service_requests.commissioning.models import CommissioningApplication
from portal.service_requests.crews.models import Crew, Slot
from portal.service_requests.permissions import METER_DOCUMENT, own_upload
from tests.people import Cast

NOW = dt.datetime(2026, 11, 12, 19, 40, tzinfo=MOSCOW)
TODAY = NOW.date()


def later(days: int, hour: int = 11) -> dt.datetime:
    """A moment so many days after the application."""
    return dt.datetime.combine(TODAY + dt.timedelta(days=days), dt.time(hour), tzinfo=MOSCOW)


def page(user: User) -> PrivateFile:
    """A page of a passport that a login sent up."""
    return store_file(
        kind=METER_DOCUMENT, owner=own_upload(user.pk), name="passport.jpg", content=b"page", content_type="image/jpeg"
    )


def meter_data(**changed: Any) -> services.MeterData:
    """A new cold meter in the kitchen."""
    values: dict[str, Any] = {
        "service": Service.COLD_WATER,
        "place": "Кухня",
        "type_name": "СГВ-15",
        "serial_number": "31 507-442",
        "mounted_by": "ООО «Монтаж»",
        "mounted_on": TODAY - dt.timedelta(days=2),
        "value": Decimal("0.120"),
        "verified_until": dt.date(2032, 11, 1),
    }
    return services.MeterData(**(values | changed))


def applied(cast: Cast, *, key: str = "k1", **changed: object) -> CommissioningApplication:
    """Boris, who has no meter, applies."""
    return services.apply(
        key=key,
        account=cast.boris.account,
        applicant=services.Applicant(name="Петров Борис", phone="8 916 123-45-67"),
        meter=meter_data(**changed),
        preferred=services.PreferredSlot(TODAY + dt.timedelta(days=9)),
        files={FileKind.PASSPORT: [page(cast.boris.user)]},
        author=cast.boris.user,
        moment=NOW,
    )


def slots(number: int = 3, capacity: int = 1) -> list[Slot]:
    """Free slots, one a day from the third day on, 10:00–12:00."""
    crew = Crew.objects.get_or_create(name="Счётчики 1")[0]
    return [
        Slot.objects.get_or_create(
            crew=crew,
            day=TODAY + dt.timedelta(days=3 + n),
            starts=dt.time(10),
            defaults={"ends": dt.time(12), "capacity": capacity},
        )[0]
        for n in range(number)
    ]


def good_check(**changed: Any) -> services.SiteInspection:
    """Everything as it should be."""
    values: dict[str, Any] = {
        "passport_matches": True,
        "serial_seen": "31507442",
        "scheme_right": True,
        "working": True,
        "value": Decimal("0.480"),
        "seal_number": "П-118",
    }
    return services.SiteInspection(**(values | changed))
