"""The company with its bank details, and its staff."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from portal.accounts.models import User
from portal.core import clock
from portal.core.models import CompanySettings
from portal.operations.demo.names import STAFF
from portal.operations.demo.world import PASSWORD, World
from portal.operations.roles import setup


def load(world: World) -> None:
    """Bank details with right control keys; one login for each role, and the superuser."""
    setup()
    _company()
    password = make_password(PASSWORD)
    for role, (first_name, last_name) in STAFF.items():
        user = User.objects.create(
            username=role,
            first_name=first_name,
            last_name=last_name,
            password=password,
            email=f"{role}@vodokanal-pavshino.example",
            date_joined=clock.now(),
        )
        user.groups.add(*Group.objects.filter(name=role))
        world.staff[role] = user
    world.staff["admin"] = User.objects.create(
        username="admin",
        first_name="Главный",
        last_name="Администратор",
        password=password,
        email="admin@vodokanal-pavshino.example",
        is_superuser=True,
        date_joined=clock.now(),
    )


def _company() -> None:
    company = CompanySettings.load()
    company.name, company.legal_name = "Водоканал Павшино", "АО «Водоканал Павшино»"
    company.inn, company.kpp, company.ogrn = "5024187340", "502401001", "1185024001234"
    company.bank_name = "ПАО Сбербанк"
    company.bank_account, company.bic = "40702810138000017425", "044525225"
    company.correspondent_account = "30101810400000000225"
    company.address = "143401, Московская область, г. Красногорск, Павшинский бульвар, 7"
    company.office_hours = "понедельник – пятница 9:00–18:00, обед 13:00–14:00; суббота 9:00–13:00"
    company.office_phone = "+7 495 555-01-40"
    company.emergency_phone = "+7 495 555-01-04"
    company.email = "office@vodokanal-pavshino.example"
    company.map_url = "https://www.openstreetmap.org/?mlat=55.8136&mlon=37.3721#map=16/55.8136/37.3721"
    company.full_clean()
    company.save()
