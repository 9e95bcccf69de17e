"""Looking people up in the office."""

import datetime as dt

from django.db.models import Q, QuerySet

from portal.accounts.models import Person, User
from portal.accounts.services.address_lookup import plain


def people_like(*, last_name: str, first_name: str, born_on: dt.date | None = None, limit: int = 8) -> list[Person]:
    """People of the same name, and of the same birthday where both are known: doubles to be shown."""
    spellings = {last_name, last_name.lower(), last_name.upper(), last_name.title()}
    people = Person.objects.filter(last_name__in=spellings).select_related("user").prefetch_related("holdings__account")
    return [person for person in people[:200] if _same(person, first_name, born_on)][:limit]


def _same(person: Person, first_name: str, born_on: dt.date | None) -> bool:
    if plain(person.first_name) != plain(first_name):
        return False
    return born_on is None or person.born_on is None or person.born_on == born_on


def search_people(query: str) -> QuerySet[Person]:
    """People by words of the name, phone, e-mail, login or account number."""
    people = Person.objects.select_related("user").prefetch_related("holdings__account")
    for word in query.split():
        wanted = Q()
        for name in (
            "last_name",
            "first_name",
            "patronymic",
            "phone",
            "email",
            "user__username",
            "holdings__account__number",
        ):
            wanted |= Q(**{f"{name}__icontains": word})
        people = people.filter(pk__in=Person.objects.filter(wanted).values("pk"))
    return people


def person_numbered(pk: int) -> Person | None:
    """A person by primary key, with login and holdings; None when there is none."""
    return Person.objects.select_related("user").prefetch_related("holdings__account").filter(pk=pk).first()


def person_of_login(user: User) -> Person | None:
    """The person whose login it is."""
    return Person.objects.filter(user=user).first()
