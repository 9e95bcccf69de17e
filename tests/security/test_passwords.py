"""Which passwords are taken: long ones of any characters; none that is a word of this site with a number."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from portal.core.models import CompanySettings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _company() -> None:
    company = CompanySettings.load()
    company.name = "Горводоканал Заречный"
    company.save()


@pytest.mark.parametrize(
    "password",
    ["vodokanal2026", "Водоканал-2026!", "Горводоканал1", "заречный123", "adminadmin12"],
)
def test_words_of_this_site_are_no_password(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password", ["a-quiet-river-flows", "водоканал-и-тихая-речка", "correct horse battery", "ё" * 5 + "жк49!" * 30]
)
def test_long_ones_of_any_characters_are(password: str) -> None:
    validate_password(password)


def test_the_name_of_this_company_decides() -> None:
    """The control: the same password is taken where the company has another name."""
    validate_password("каменногорск123")
    CompanySettings.objects.update(name="Каменногорск")
    company = CompanySettings.load()
    company.save()
    with pytest.raises(ValidationError):
        validate_password("каменногорск123")
