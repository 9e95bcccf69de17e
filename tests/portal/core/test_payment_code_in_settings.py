"""The company's settings show its payment code and say at entry what a long name leaves out."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portal.core.models import CompanySettings
from portal.core.payment_code_panel import code_of, left_out_texts
from tests.people import make_login

pytestmark = pytest.mark.django_db
LONG = "Муниципальное унитарное предприятие «Водоканал» городского округа Красногорск Московской области"


def company(legal_name: str) -> CompanySettings:
    company = CompanySettings.load()
    company.legal_name = legal_name
    company.inn, company.kpp, company.ogrn = "5024000016", "502401001", "1185024001234"
    company.bank_name, company.bank_account, company.bic = "ПАО Сбербанк", "40702810100000000001", "044525225"
    company.correspondent_account = "30101810400000000225"
    company.bank_details_confirmed = True
    company.save()
    return company


def page_of(legal_name: str, client: Client) -> str:
    shown = company(legal_name)
    boss = make_login("boss", staff=True)
    boss.is_superuser = True
    boss.save()
    client.force_login(boss)
    return client.get(f"/admin/settings/core/companysettings/{shown.pk}/").content.decode()


def test_a_short_name_shows_the_code_and_that_all_fits(client: Client) -> None:
    page = page_of("АО «Водоканал Павшино»", client)
    assert "Всё помещается" in page
    assert 'class="payment-code"' in page


def test_a_long_name_says_what_is_left_out(client: Client) -> None:
    code = code_of(company(LONG))
    assert code is not None
    assert {"PersAcc", "Sum"} <= {field for field, _value in code.fields}
    page = page_of(LONG, client)
    assert "организационная форма записана сокращением" in page or "не хватает места" in page
    for words in left_out_texts(code):
        assert words in page


@pytest.mark.parametrize("length", [40, 62, 92, 120, 160])
def test_names_of_every_length_keep_account_and_sum_or_are_refused_at_entry(length: int) -> None:
    shown = company(("Предприятие водоснабжения " * 10)[:length].strip())
    try:
        shown.clean()
    except ValidationError as error:
        refused = error.message_dict
    else:
        refused = {}
    if refused:
        assert list(refused) == ["legal_name"]
        return
    code = code_of(shown)
    assert code is not None
    assert {"PersAcc", "Sum"} <= {field for field, _value in code.fields}
    assert len(code.data) <= 300
