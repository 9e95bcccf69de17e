"""Values that neither a form nor the database takes are answered 400 with words, never 500."""

import pytest
from django.test import Client

from portal.accounts.models import User
from tests.people import Cast, make_login

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/personal/support/?q=%00", "/personal/receipts/%00/", "/search/?q=a%00b", "/news/?year=%00"]
)
def test_nul_in_an_address_is_refused(client: Client, cast: Cast, path: str) -> None:
    client.force_login(cast.anna.user)
    response = client.get(path)
    assert response.status_code == 400
    assert "Запрос не разобрать" in response.content.decode()


def test_a_key_out_of_the_database_range_is_refused(client: Client) -> None:
    User.objects.filter(pk=make_login("root").pk).update(is_superuser=True)
    client.force_login(User.objects.get(username="root"))
    client.raise_request_exception = False
    assert client.post(f"/admin/tariffs/publish/{2**63}/{2**63}/").status_code in {400, 404}
