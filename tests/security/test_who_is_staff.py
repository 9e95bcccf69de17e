"""FAULTS 23: a login made staff by any screen, import or command is bound by every guard of staff at once.

Staff is who may enter the admin (portal.accounts.staff); no column and no screen says it otherwise.
"""

import ast
import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from portal.accounts import audit
from portal.accounts.middleware import SEEN_AT
from portal.accounts.models import Person, User
from portal.accounts.services.recovery import link_path
from portal.accounts.staff import employees, is_employee, notify_employees
from portal.core.files.services import store_file
from portal.core.models import PrivateFile
from portal.operations import roles
from portal.operations.notifications import LEDGER_DIFFERS
from tests.codes import code_of
from tests.people import PASSWORD, Cast, make_login

pytestmark = pytest.mark.django_db
GIVEN, CHOSEN = "given-by-the-admin-1", "chosen-by-herself-2"
ADMIN_PAGES = ("/admin/", "/admin/registration/", "/admin/account/", "/admin/pages/", "/admin/users/")


@pytest.fixture
def production(settings: object) -> None:
    settings.STAFF_TWO_FACTOR_REQUIRED = True  # type: ignore[attr-defined]


@pytest.fixture
def olga(db: None) -> User:
    """A registrar whom the administrator made on the screen of users."""
    roles.setup()
    chief = make_login("chief")
    User.objects.filter(pk=chief.pk).update(is_superuser=True)
    desk = Client()
    desk.force_login(chief)
    made = desk.post(
        "/admin/users/new/",
        {
            "username": "olga",
            "email": "olga@mail.example",
            "first_name": "Ольга",
            "last_name": "Орлова",
            "password1": GIVEN,
            "password2": GIVEN,
            "groups": [Group.objects.get(name="registrar").pk],
        },
    )
    assert made.status_code == 302
    return User.objects.get(username="olga")


def log_in(login: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": login, "password": password})
    return client


def first_login(login: str = "olga") -> Client:
    """The one-time password is replaced by one of their own."""
    client = log_in(login, GIVEN)
    client.post("/accounts/password/new/", {"password1": CHOSEN, "password2": CHOSEN})
    return client


def set_up(client: Client, password: str) -> str:
    """Switch the second factor on; returns its secret."""
    client.post("/accounts/reauthenticate/", {"password": password})
    offences = re.search(r"<b>([A-Z2-7]{16,})</b>", client.get("/accounts/2fa/totp/activate/").content.decode())
    assert offences
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_of(offences.group(1))}).status_code == 302
    return offences.group(1)


def sent_to(client: Client, path: str = "/admin/") -> str:
    return client.get(path).get("Location", "")


# The employee of the screen.


def test_a_password_set_by_the_administrator_is_for_one_use(olga: User) -> None:
    client = log_in("olga", GIVEN)
    assert sent_to(client) == "/accounts/password/new/"
    assert olga.one_time_password_until is not None
    User.objects.filter(pk=olga.pk).update(one_time_password_until=timezone.now() - dt.timedelta(minutes=1))
    assert "_auth_user_id" not in log_in("olga", GIVEN).session


def test_a_password_that_the_administrator_replaces_is_for_one_use(olga: User) -> None:
    first_login()
    desk = Client()
    desk.force_login(User.objects.get(username="chief"))
    form = {"username": "olga", "email": "olga@mail.example", "first_name": "О", "last_name": "О", "is_active": "on"}
    desk.post(f"/admin/users/edit/{olga.pk}/", form)
    assert not User.objects.get(pk=olga.pk).must_change_password
    desk.post(f"/admin/users/edit/{olga.pk}/", form | {"password1": GIVEN, "password2": GIVEN})
    assert User.objects.get(pk=olga.pk).must_change_password


def test_the_administrators_own_new_password_is_chosen_already(olga: User) -> None:
    chief = User.objects.get(username="chief")
    desk = Client()
    desk.force_login(chief)
    form = {"username": "chief", "email": "chief@mail.example", "first_name": "Г", "last_name": "А"}
    desk.post(f"/admin/users/edit/{chief.pk}/", form | {"password1": CHOSEN, "password2": CHOSEN})
    chief.refresh_from_db()
    assert chief.check_password(CHOSEN)
    assert not chief.must_change_password


def test_a_password_alone_opens_no_page_of_the_admin(olga: User, production: None) -> None:
    client = first_login()
    assert {path: sent_to(client, path) for path in ADMIN_PAGES} == dict.fromkeys(ADMIN_PAGES, "/accounts/2fa/")
    set_up(client, CHOSEN)
    assert client.get("/admin/registration/").status_code == 200


def test_their_idle_session_ends(olga: User) -> None:
    client = first_login()
    assert client.get("/admin/registration/").status_code == 200
    session = client.session
    session[SEEN_AT] = int((timezone.now() - dt.timedelta(minutes=31)).timestamp())
    session.save()
    assert sent_to(client).startswith("/accounts/login/")


def test_what_they_open_is_recorded(olga: User, cast: Cast) -> None:
    stored = store_file(
        kind="personal-document", owner="request:1", name="passport.jpg", content=b"x", content_type="image/jpeg"
    )
    audit.opened_file(olga, PrivateFile.objects.get(pk=stored.pk))
    audit.opened_file(cast.anna.user, stored)
    assert [entry.user for entry in ModelLogEntry.objects.filter(action=audit.SAW)] == [olga]


def test_the_screen_of_second_factors_lists_them_and_resets_theirs(olga: User, cast: Cast) -> None:
    Authenticator.objects.create(user=olga, type="totp", data={"secret": "x"})
    desk = Client()
    desk.force_login(User.objects.get(username="chief"))
    page = desk.get("/admin/audit/second-factors/").content.decode()
    assert "olga" in page
    assert "anna" not in page
    desk.post("/admin/audit/second-factors/", {"user": olga.pk})
    assert not Authenticator.objects.filter(user=olga).exists()
    assert desk.post("/admin/audit/second-factors/", {"user": cast.anna.user.pk}).status_code == 404


def test_a_registrar_prints_no_slip_for_them_and_opens_no_closed_login(olga: User) -> None:
    colleague = make_login("colleague")
    colleague.groups.add(Group.objects.get(name="registrar"))
    card = Person.objects.create(user=olga, last_name="Орлова", first_name="Ольга")
    desk = Client()
    desk.force_login(colleague)
    for _ in ("open", "closed"):
        refused = desk.post(f"/admin/registration/person/{card.pk}/slip.pdf", {"passport_checked": "on"}, follow=True)
        assert "логин сотрудника" in refused.content.decode()
        assert User.objects.get(pk=olga.pk).check_password(GIVEN)
        assert desk.post(f"/admin/registration/person/{card.pk}/switch/").status_code == 404
        User.objects.filter(pk=olga.pk).update(is_active=False)


def test_alerts_of_failed_jobs_reach_them(olga: User) -> None:
    kind = replace(LEDGER_DIFFERS, permission="accounts.register_resident")
    notified = notify_employees(kind, event="test", context={"count": 1})
    assert notified == 2  # inbox and letter, and nobody else's


def test_a_login_begins_in_the_admin(olga: User) -> None:
    first_login()
    assert Client().post("/accounts/login/", {"login": "olga", "password": CHOSEN})["Location"] == "/admin/"


# However a login becomes an employee's.


def by_group(user: User) -> None:
    roles.setup()
    user.groups.add(Group.objects.get(name="registrar"))


def by_a_right_of_a_group(user: User) -> None:
    group = Group.objects.create(name="another")
    user.groups.add(group)
    group.permissions.add(Permission.objects.get(codename="access_admin"))


def by_own_right(user: User) -> None:
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))


def by_the_shell(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_superuser=True)


@pytest.mark.parametrize("made_staff", [by_group, by_a_right_of_a_group, by_own_right, by_the_shell])
def test_an_open_session_is_bound_from_the_next_request(cast: Cast, production: None, made_staff: object) -> None:
    client = log_in("anna")
    assert client.get("/personal/").status_code == 200
    made_staff(cast.anna.user)  # type: ignore[operator]
    assert is_employee(cast.anna.user)
    assert list(employees()) == [cast.anna.user]
    assert sent_to(client, "/personal/") == sent_to(client) == "/accounts/2fa/"


def test_a_session_that_lay_idle_before_it_became_staffs_has_ended(cast: Cast) -> None:
    client = log_in("anna", PASSWORD)
    long_ago = timezone.now() - dt.timedelta(hours=2)
    session = client.session
    session["entered_at"] = int(long_ago.timestamp())
    session.save()
    UserSession.objects.update(last_seen_at=long_ago)
    by_own_right(cast.anna.user)
    assert sent_to(client).startswith("/accounts/login/")


def test_a_session_in_use_goes_on_when_its_login_becomes_staffs(cast: Cast) -> None:
    client = log_in("anna", PASSWORD)
    session = client.session
    session["entered_at"] = int((timezone.now() - dt.timedelta(hours=2)).timestamp())
    session.save()
    by_own_right(cast.anna.user)
    assert client.get("/admin/").status_code == 200


def test_createsuperuser_makes_an_employee(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--noinput", username="root", email="root@mail.example", verbosity=0)
    assert is_employee(User.objects.get(username="root"))


def test_a_right_taken_away_ends_it_at_once(olga: User, production: None) -> None:
    assert is_employee(olga)
    olga.groups.clear()
    assert not is_employee(olga)
    assert olga not in employees()


def test_nobody_and_residents_are_no_employees(cast: Cast) -> None:
    from django.contrib.auth.models import AnonymousUser

    assert not any(map(is_employee, (AnonymousUser(), None, User(), cast.anna.user)))


# However the session was made.


@pytest.fixture
def with_factor(cast: Cast) -> User:
    """Anna, an employee with a second factor."""
    by_own_right(cast.anna.user)
    set_up(log_in("anna"), PASSWORD)
    return User.objects.get(pk=cast.anna.user.pk)


def test_a_session_from_before_the_second_factor_asks_for_a_code(cast: Cast, production: None) -> None:
    old = log_in("anna")
    by_own_right(cast.anna.user)
    secret = set_up(log_in("anna"), PASSWORD)
    assert sent_to(old) == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F"
    for path in ("/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/", "/accounts/reauthenticate/"):
        assert sent_to(old, path).startswith("/accounts/2fa/reauthenticate/")
    codes = Authenticator.objects.get(user=cast.anna.user, type="recovery_codes").wrap().get_unused_codes()
    assert secret
    answer = old.post("/accounts/2fa/reauthenticate/?next=/admin/", {"code": codes[0]})
    assert answer["Location"] == "/admin/"
    assert old.get("/admin/").status_code == 200


def test_a_session_that_was_only_remembered_asks_for_a_code(with_factor: User, production: None) -> None:
    client = Client()
    client.force_login(with_factor)
    assert sent_to(client).startswith("/accounts/2fa/reauthenticate/")


def test_a_recovered_password_opens_no_page(with_factor: User, production: None) -> None:
    client = Client()
    form = client.get(link_path(with_factor))["Location"]
    client.post(form, {"password1": CHOSEN, "password2": CHOSEN})
    assert sent_to(client).startswith("/accounts/login/")
    log = client.post("/accounts/login/", {"login": "anna", "password": CHOSEN})
    assert log["Location"].startswith("/accounts/2fa/authenticate/")
    assert sent_to(client).startswith("/accounts/login/")


def test_an_api_key_opens_no_page(with_factor: User, production: None, client: Client) -> None:
    from portal.accounts.services.api_keys import make_key

    _key, secret = make_key(user=with_factor, name="script", moment=timezone.now())
    headers = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    assert client.get("/api/v1/accounts/", **headers).status_code == 200  # type: ignore[arg-type]
    assert client.get("/admin/", **headers)["Location"].startswith("/accounts/login/")  # type: ignore[arg-type]
    assert "_auth_user_id" not in client.session


def test_the_password_of_one_with_a_factor_does_not_replace_it(with_factor: User, production: None) -> None:
    client = Client()
    client.force_login(with_factor)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=with_factor, type="totp").exists()


# Nothing else says who is staff.

ROOT = Path(django_settings.ROOT)
ALLOWED = {"portal/accounts/models/people.py", "portal/accounts/managers.py"}  # what Django asks for


def reads_of_is_staff(source: str) -> list[int]:
    """Lines that read or look up `is_staff`, as an attribute, a lookup or a string."""
    return [
        getattr(node, "lineno", 0)
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr == "is_staff")
        or (isinstance(node, ast.keyword) and "is_staff" in (node.arg or ""))
        or (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.search(r"(\b|_)is_staff\b", node.value)
        )
    ]


def test_nobody_reads_is_staff() -> None:
    offences = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ("portal", "cms_pages", "site")
        for path in (ROOT / folder).rglob("*.py")
        if str(path.relative_to(ROOT)) not in ALLOWED
        for line in reads_of_is_staff(path.read_text(encoding="utf-8"))
    ]
    offences += [
        str(path.relative_to(ROOT))
        for folder in ("portal", "cms_pages", "templates")
        for path in (ROOT / folder).rglob("*.html")
        if "is_staff" in path.read_text(encoding="utf-8")
    ]
    assert offences == [], "ask portal.accounts.staff.is_employee or employees()"


def test_the_control_each_way_of_reading_it_is_seen() -> None:
    for line in ("user.is_staff", "f(is_staff=True)", "f(user__is_staff=1)", "getattr(u, 'is_staff')", "'a__is_staff'"):
        assert reads_of_is_staff(line), line


def test_there_is_no_column_to_be_set() -> None:
    assert "is_staff" not in {field.name for field in User._meta.get_fields()}
