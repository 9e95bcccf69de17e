"""A company for what is computed without one: worked cases and generated accounts."""

from portal.core.models import CompanySettings

EXAMPLE_COMPANY = {
    "name": "Водоканал",
    "legal_name": "АО «Водоканал»",
    "inn": "5024187340",
    "bank_name": "ПАО Сбербанк",
    "bank_account": "40702810138000017425",
    "bic": "044525225",
}


def fill_in_company() -> None:
    """Fill in what no closing begins without, where the database has none."""
    company = CompanySettings.load()
    for name, value in EXAMPLE_COMPANY.items():
        setattr(company, name, getattr(company, name) or value)
    company.save()
