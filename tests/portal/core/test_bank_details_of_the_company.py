"""Who may not change the bank details saves the contacts and leaves the bank details as they are."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from portal.core.models import CompanySettings
from tests.people import make_login

pytestmark = pytest.mark.django_db
BANK_DETAILS = {
    "inn": "5024000016",
    "kpp": "502401001",
    "ogrn": "1185024001234",
    "bank_name": "ПАО Сбербанк",
    "bank_account": "40702810100000000001",
    "bic": "044525225",
    "correspondent_account": "30101810400000000225",
}
CONTACTS = {"name": "Водоканал", "legal_name": "АО «Водоканал»", "office_phone": "+7 495 000-00-00"}


@pytest.fixture
def company(db: None) -> CompanySettings:
    """Bank details whose keys do not match, not confirmed: entered before the keys were checked."""
    company = CompanySettings.load()
    for name, value in BANK_DETAILS.items():
        setattr(company, name, value)
    company.save()
    return company


def _saved(client: Client, company: CompanySettings, **posted: str) -> CompanySettings:
    address = f"/admin/settings/core/companysettings/{company.pk}/"
    response = client.post(address, CONTACTS | posted)
    assert response.status_code == 302, response.context["form"].errors
    return CompanySettings.objects.get()


def _login(client: Client, *rights: str) -> None:
    user = make_login("clerk", staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", *rights]))
    client.force_login(user)


def test_an_editor_saves_the_phone_and_the_bank_details_stay(client: Client, company: CompanySettings) -> None:
    _login(client, "change_companysettings")
    after = _saved(client, company, kpp="502401999", bank_account="40702810999999999999")
    assert {name: getattr(after, name) for name in BANK_DETAILS} == BANK_DETAILS
    assert after.office_phone == CONTACTS["office_phone"]


def test_an_accountant_changes_them(client: Client, company: CompanySettings) -> None:
    _login(client, "change_companysettings", "change_bank_details")
    after = _saved(client, company, **BANK_DETAILS | {"kpp": "502401999", "bank_details_confirmed": "on"})
    assert after.kpp == "502401999"
