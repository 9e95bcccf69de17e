"""Fourteen requests for an API key at once make ten keys: the login's row is locked while its keys are counted."""

from portal.accounts.exceptions import TooManyKeys
from portal.accounts.models import ApiKey, User
from portal.accounts.services.api_keys import MAX_KEYS, make_key
from portal.core import clock
from tests.concurrency.test_pay_twenty_times import at_once
from tests.people import make_login


def one_more(number: int) -> object:
    return make_key(user=User.objects.get(username="anna"), name=str(number), moment=clock.real_now())


def test_the_limit_holds(own_database: object) -> None:
    make_login("anna")
    results = at_once(one_more, 14)
    refused = [result for result in results if isinstance(result, TooManyKeys)]
    others = [result for result in results if isinstance(result, Exception) and not isinstance(result, TooManyKeys)]
    assert others == []
    assert (ApiKey.objects.count(), len(refused)) == (MAX_KEYS, 4)
