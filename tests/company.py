"""The company of the tests: its bank details, and the numbers that a closing needs."""

from decimal import Decimal

from portal.accounts.enums import Service
from portal.billing.models import KeyRate, KeyRateCap, Norm, RaisingCoefficient
from portal.billing.services import NewRate, adopt_rates
from portal.core.models import CompanySettings
from tests.people import SINCE

PRICES = {Service.COLD_WATER: "48.67", Service.WASTEWATER: "41.05"}
HOT_WATER_PRICE = "245.11"
NORMS = {Service.COLD_WATER: "4.331", Service.HOT_WATER: "3.087", Service.WASTEWATER: "7.418"}


def put_company() -> None:
    """Bank details that make a valid payment code."""
    company = CompanySettings.load()
    company.name, company.legal_name = "Водоканал Павшино", "АО «Водоканал Павшино»"
    company.inn, company.kpp = "5024187340", "502401001"
    company.bank_name, company.bic = "ПАО Сбербанк", "044525225"
    company.bank_account = "40702810138000017425"
    company.correspondent_account = "30101810400000000225"
    company.save()


def put_numbers(*, coefficients: bool = True, hot_water: bool = False, source: str = "Распоряжение № 12") -> None:
    """The company, and rates, norms and a key rate since 2024.

    With `coefficients` also raising coefficients and the cap of the key rate; with `hot_water` a price of hot water.
    """
    put_company()
    prices = PRICES | ({Service.HOT_WATER: HOT_WATER_PRICE} if hot_water else {})
    rates = [NewRate(service=name, valid_from=SINCE, price=Decimal(price)) for name, price in prices.items()]
    adopt_rates(rates=rates, source=source)
    for service, norm in NORMS.items():
        Norm.objects.create(service=service, valid_from=SINCE, value=Decimal(norm))
    KeyRate.objects.create(valid_from=SINCE, percent=Decimal(16))
    if coefficients:
        for service in (Service.COLD_WATER, Service.HOT_WATER):
            RaisingCoefficient.objects.create(service=service, valid_from=SINCE, value=Decimal("1.5"))
        KeyRateCap.objects.create(valid_from=SINCE, percent=Decimal("9.5"))
