"""Printed papers: the contract with its data filled in, the slip with the one-time password, the application form."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.accounts.models import Contract, RegistrationSettings, User
from portal.accounts.selectors import accounts_of
from portal.core.formatting import date_text, number_text
from portal.core.models import CompanySettings
from portal.core.pdf.documents import render_document

BLANK = "_______________"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph of the contract."""

    text: str
    is_heading: bool = False


def contract_fields(contract: Contract, *, meters: Sequence[str]) -> dict[str, str]:
    """The values of the template's fields; what is not known prints as a line to write on."""
    company, account, person = CompanySettings.load(), contract.account, contract.person
    occupancy = account.occupancies.order_by("-since").first()
    services = [supplied.get_service_display().lower() for supplied in account.services.filter(until=None)]
    values = {
        "contract_number": contract.number,
        "signed_on": date_text(contract.signed_on, year=True),
        "company": company.legal_name,
        "company_address": company.address,
        "company_inn": company.inn,
        "company_kpp": company.kpp,
        "company_bank": f"р/с {company.bank_account} в {company.bank_name}, БИК {company.bic}",
        "full_name": person.full_name,
        "phone": person.phone,
        "email": person.email,
        "postal_address": person.postal_address or account.premises.address,
        "account_number": account.number,
        "address": account.premises.address,
        "area": number_text(account.premises.area, 2) if account.premises.area else "",
        "registered": str(occupancy.registered) if occupancy else "",
        "services": ", ".join(services),
        "meters": "; ".join(meters) or "нет",
    }
    return {name: value or BLANK for name, value in values.items()}


def contract_pdf(contract: Contract, *, meters: Sequence[str]) -> bytes:
    """The contract in two copies, its text from the settings."""
    blocks = _blocks(RegistrationSettings.load().contract_text, contract_fields(contract, meters=meters))
    company = CompanySettings.load()
    parties = [
        {"role": "Организация ВКХ", "lines": [company.legal_name], "name": ""},
        {"role": "Абонент", "lines": [contract.person.full_name], "name": ""},
    ]
    context = {"title": f"Договор № {contract.number}", "blocks": blocks, "parties": parties}
    return render_document("pdf/accounts/contract.html", context, copies=2)


def _blocks(template: str, fields: Mapping[str, str]) -> list[Block]:
    lines = (line.strip() for line in template.format_map(fields).splitlines())
    return [Block(line.lstrip("# "), is_heading=line.startswith("#")) for line in lines if line]


def slip_pdf(*, user: User, password: str, today: dt.date) -> bytes:
    """The slip: login, one-time password, what to do with them."""
    until = user.one_time_password_until
    return render_document(
        "pdf/accounts/slip.html",
        {
            "name": user.person.full_name if hasattr(user, "person") else user.get_full_name(),
            "login": user.get_username(),
            "password": password,
            "accounts": [account.number for account in accounts_of(user)],
            "printed_on": date_text(today, year=True),
            "until": date_text(until, year=True) if until else "",
            "has_email": bool(user.email),
        },
    )


def application_pdf(data: Mapping[str, str]) -> bytes:
    """The application form on one A4 page, filled in or blank."""
    company = CompanySettings.load()
    rows = [(label, data.get(name, "")) for name, label in APPLICATION_ROWS]
    office = "; ".join(part for part in (company.address, company.office_hours, company.office_phone) if part)
    return render_document("pdf/accounts/application.html", {"rows": rows, "office": office})


APPLICATION_ROWS = (
    ("last_name", "Фамилия"),
    ("first_name", "Имя"),
    ("patronymic", "Отчество"),
    ("born_on", "Дата рождения"),
    ("phone", "Телефон"),
    ("email", "Электронная почта"),
    ("address", "Адрес помещения"),
    ("area", "Площадь, м²"),
    ("registered", "Зарегистрировано человек"),
    ("postal_address", "Адрес для писем"),
    ("meters", "Счётчики: номер, показание, поверка до"),
    ("more_meters", ""),
)
