"""FAULTS 12: every address × (nobody, another resident, staff of another role). A new route must be answered for."""

import pytest
from django.test import Client

from portal.accounts.models import User
from portal.operations import roles
from tests.people import Cast, make_login
from tests.security.addresses import Address, every_address

pytestmark = pytest.mark.django_db

# What anybody may open, and why.
PUBLIC = (
    "healthz", "readyz",  # for the balancer; no data
    "accounts/login/", "accounts/password/reset/", "accounts/livejournal/", "accounts/application/",  # ways in
    "accounts/inactive/", "accounts/email/confirm/", "accounts/logout/",
    "notifications/unsubscribe/",  # proved by its signed token
    "captcha/", "i18n/",  # the support form
    "api/v1/schema/", "api/v1/docs/", "api/v1/",  # documentation
    "api/content/",  # published pages alone
    "payments/notices/",  # checked by source and read back from the gateway
    "design/", "sitemap", "robots.txt", "search/", "news/rss/", "news/atom/",  # public pages
    "support/", "favicon", "accounts/^password/reset/",  # a spent link says so
    "admin/jsi18n/", "admin/sprite/",  # words and icons
)  # fmt: skip
HERS = ("0010001", "Иванова", "A-1001", "anna@mail.example")
TURNED_AWAY = {302, 401, 403, 404, 405, 410}


def of_admin(address: Address) -> bool:
    return address.route.startswith("admin/")


def test_nobody_opens_what_is_not_public(cast: Cast, client: Client) -> None:
    opened = [
        address.route
        for address in every_address()
        if not address.route.startswith(PUBLIC) and client.get(address.path).status_code not in TURNED_AWAY | {301}
    ]
    assert opened == [], "answer for these routes: public, or behind a login?"


def test_another_resident_sees_nothing_of_hers(cast: Cast, client: Client) -> None:
    client.force_login(cast.stranger.user)
    seen = []
    for address in every_address():
        if of_admin(address):
            continue
        response = client.get(address.path)
        shown = b"" if response.streaming else response.content
        marks = [mark for mark in HERS if mark not in address.path]  # a page may repeat its own address
        if response.status_code == 500 or any(mark.encode() in shown for mark in marks):
            seen.append(address.route)
    assert seen == []


def test_a_resident_opens_nothing_of_the_admin(cast: Cast, client: Client) -> None:
    client.force_login(cast.stranger.user)
    opened = [
        a.route
        for a in every_address()
        if of_admin(a) and not a.route.startswith(PUBLIC) and client.get(a.path).status_code not in TURNED_AWAY
    ]
    assert opened == []


# Wagtail's own addresses that every employee needs; what they show depends on the rights behind them.
COMMON = (
    "admin/account", "admin/logout", "admin/login", "admin/jsi18n", "admin/sprite", "admin/dismissibles", "admin/api",
    "admin/test404", "admin/failwhale", "admin/tag-autocomplete", "admin/editing-sessions", "admin/block-preview",
    "admin/choose-", "admin/embeds", "admin/snippets/choose", "admin/workflows/", "admin/modeladmin",
    "admin/documents/chooser", "admin/images/chooser", "admin/password_reset", "admin/bulk", "admin/icons",
    "admin/pages/", "admin/reports/", "admin/images/", "admin/documents/", "admin/collections", "admin/forms",
    "admin/snippets/",
)  # fmt: skip
# Sections of ours by the right that opens them.
SECTIONS = {
    "admin/registration/request/": "accounts.decide_personalrequest",
    "admin/registration/unlock/": "accounts.unlock_user",
    "admin/registration/": "accounts.register_resident",
    "admin/audit/second-factors/": "accounts.reset_two_factor",
    "admin/audit/": "accounts.view_audit",
    "admin/dispatch/": "service_requests.dispatch_requests",
    "admin/outages/": "service_requests.publish_outage",
    "admin/field/": "service_requests.commission_meters",
    "admin/support/": "service_requests.answer_support",
    "admin/complaints/": "cms_complaints.review_complaints",
    "admin/source-links/": "cms_documents.view_sourcelink",
    "admin/notices/history/": "notifications.view_message",
    "admin/notices/retry/": "notifications.view_message",
    "admin/notices/": "notifications.edit_texts",
}
ONLY_ADMIN = ("admin/groups", "admin/sites", "admin/failwhale")


@pytest.fixture
def staff(db: None) -> dict[str, User]:
    from django.contrib.auth.models import Group

    roles.setup()
    made = {}
    for role in roles.ROLES:
        made[role.name] = make_login(role.name, staff=True)
        made[role.name].groups.add(Group.objects.get(name=role.name))
    return made


@pytest.mark.parametrize("name", [role.name for role in roles.ROLES])
def test_each_role_opens_its_own_sections_and_no_others(
    cast: Cast, staff: dict[str, User], client: Client, name: str
) -> None:
    user = staff[name]
    client.force_login(user)
    wrong = []
    for address in every_address():
        if not of_admin(address) or address.route == "admin/" or address.route.startswith(COMMON):
            continue
        status = client.get(address.path).status_code
        if status >= 500 or (not _may_open(user, address) and status not in TURNED_AWAY):
            wrong.append((address.route, status))
    assert wrong == []


def _may_open(user: User, address: Address) -> bool:
    if address.route.startswith("admin/users"):
        return user.has_perm("accounts.view_user")
    if address.route.startswith(ONLY_ADMIN):
        return False
    for prefix, permission in SECTIONS.items():
        if address.route.startswith(prefix):
            return user.has_perm(permission)
    app = address.route.removeprefix("admin/").lstrip("^").split("/")[0]
    if app in {"settings", "redirects", "searchpicks"}:
        return True
    return any(permission.startswith(f"{app}.") for permission in user.get_all_permissions())


def test_only_the_superuser_makes_logins_of_staff() -> None:
    for role in roles.ROLES:
        held = set(roles.permissions_of(role))
        assert not held & {"accounts.add_user", "accounts.change_user", "accounts.delete_user", "auth.change_group"}


def test_the_manager_changes_nothing() -> None:
    held = roles.permissions_of(roles.role_named("manager"))
    writing = [p for p in held if p.split(".")[1].startswith(("add_", "change_", "delete_", "publish", "edit_"))]
    assert writing == []


def test_every_right_of_the_table_exists(db: None) -> None:
    assert roles.setup().unknown == ()


def test_the_table_of_the_docs_is_current() -> None:
    from pathlib import Path

    from django.conf import settings

    text = (Path(settings.ROOT) / "docs" / "guide" / "roles.md").read_text(encoding="utf-8")
    assert text == roles.as_markdown(), "run: manage.py setup_roles --table > docs/guide/roles.md"
