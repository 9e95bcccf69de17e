"""FAULTS 12: every address × (nobody, another resident, staff of another role). A new route must be answered for."""

import pytest
from django.test import Client
from wagtail.contrib.settings.registry import registry as settings_registry

from portal.accounts.models import User
from portal.accounts.permissions import READ_SCREENS
from portal.office.reports.hooks import REPORTS
from portal.operations import roles
from portal.operations.roles_table import as_markdown
from tests.people import Cast
from tests.security.addresses import Address, QuickClient, every_address, quick_login

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site_pages")]

# What anybody may open, and why.
PUBLIC = (
    "healthz",
    "readyz",
    "metrics",  # 404 but for the monitor (tests/portal/operations/test_metrics.py)
    ".well-known/security.txt",  # for the balancer and for finders of holes; no data
    "accounts/login/",
    "accounts/password/reset/",
    "accounts/livejournal/",
    "accounts/application/",  # ways in
    "accounts/inactive/",
    "accounts/email/confirm/",
    "accounts/logout/",
    "notifications/unsubscribe/",  # proved by its signed token
    "captcha/",
    "i18n/",  # the support form
    "api/v1/schema/",
    "api/v1/docs/",
    "api/v1/",  # documentation
    "api/content/",  # published pages alone
    "payments/notices/",  # checked by source and read back from the gateway
    "design/",
    "sitemap",
    "robots.txt",
    "search/",
    "news/rss/",
    "news/atom/",  # public pages
    "support/",
    "favicon",
    "manifest.",
    "look/",  # a cookie of the visitor's own browser
    "accessibility/",
    "offline/",
    "service-worker.js",
    "appearance-",
    "accounts/^password/reset/",  # a spent link says so
    "admin/jsi18n/",
    "admin/sprite/",  # words and icons
)
HERS = ("0010001", "Иванова", "A-1001", "anna@mail.example")
TURNED_AWAY = {302, 401, 403, 404, 405, 410}


def of_admin(address: Address) -> bool:
    return address.route.startswith("admin/")


def test_nobody_opens_what_is_not_public(cast: Cast) -> None:
    client = QuickClient()
    opened = [
        address.route
        for address in every_address()
        if not address.route.startswith(PUBLIC) and client.get(address.path).status_code not in TURNED_AWAY | {301}
    ]
    assert opened == [], "answer for these routes: public, or behind a login?"


def test_another_resident_sees_nothing_of_hers(cast: Cast) -> None:
    client = quick_login(cast.stranger.user)
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


def test_control_the_holder_does_see_what_others_do_not(cast: Cast) -> None:
    """The same walk shows its own marks to whom they belong."""
    client = quick_login(cast.anna.user)
    seen = set()
    for path in sorted({address.path for address in every_address() if address.route.startswith("personal/")}):
        response = client.get(path)
        shown = b"" if response.streaming else response.content
        seen |= {mark for mark in HERS if mark.encode() in shown}
        if seen == set(HERS):
            break
    assert seen == set(HERS)


def test_a_resident_opens_nothing_of_the_admin(cast: Cast) -> None:
    client = quick_login(cast.stranger.user)
    opened = [
        a.route
        for a in every_address()
        if of_admin(a) and not a.route.startswith(PUBLIC) and client.get(a.path).status_code not in TURNED_AWAY
    ]
    assert opened == []


def test_a_resident_at_the_admins_door_is_told_and_a_guest_is_asked_who_she_is(cast: Cast, client: Client) -> None:
    guest = client.get("/admin/pages/", follow=True)
    assert guest.redirect_chain[-1][0] == "/accounts/login/?next=/admin/pages/"
    client.force_login(cast.stranger.user)
    resident = client.get("/admin/", follow=True)
    assert resident.status_code == 403
    assert "Эта страница не для вас" in resident.content.decode()


# Wagtail's own addresses that every employee needs: her account, words, icons.
COMMON = (
    "admin/account",
    "admin/logout",
    "admin/login",
    "admin/jsi18n",
    "admin/sprite",
    "admin/dismissibles",
    "admin/password_reset",
    "admin/modeladmin/jsi18n",
    "admin/editing-sessions",
    "admin/icons",
)
# Wagtail's sections by what they are for, the narrower beginning first.
PAGES_ALONE, FILES_ALONE, ADMIN_ALONE = "pages", "files", "admin"
WAGTAILS = {
    "admin/reports/site-history": "accounts.view_audit",
    "admin/searchpicks": "wagtailsearchpromotions.change_searchpromotion",
    "admin/redirects": "wagtailredirects.change_redirect",
    "admin/users": "accounts.view_user",
    "admin/images/chooser": PAGES_ALONE,
    "admin/documents/chooser": PAGES_ALONE,
    "admin/snippets/choose": PAGES_ALONE,
    "admin/api": PAGES_ALONE,
    "admin/pages": PAGES_ALONE,
    "admin/choose-": PAGES_ALONE,
    "admin/embeds": PAGES_ALONE,
    "admin/reports": PAGES_ALONE,
    "admin/forms": PAGES_ALONE,
    "admin/tag-autocomplete": PAGES_ALONE,
    "admin/block-preview": PAGES_ALONE,
    "admin/bulk": PAGES_ALONE,
    "admin/images": FILES_ALONE,
    "admin/documents": FILES_ALONE,
    "admin/collections": FILES_ALONE,
    "admin/workflows": ADMIN_ALONE,
    "admin/groups": ADMIN_ALONE,
    "admin/sites": ADMIN_ALONE,
    "admin/failwhale": ADMIN_ALONE,
    "admin/test404": ADMIN_ALONE,
    "admin/settings": ADMIN_ALONE,
}
# Sections of which a reader of all sections sees a part (tests/portal/office/test_read_all_sections.py).
READ_BY_ALL = {"admin/dispatch/", "admin/outages/", "admin/field/", "admin/support/", "admin/complaints/"}
WRITERS, FILERS = {"editor", "reviewer", "accountant"}, {"editor"}
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
    "admin/office/system/": "office.watch_system",
    "admin/office/first-steps/": "office.see_first_steps",
    **{f"admin/{report.url().pattern}": report.permission() for report in REPORTS},
}
ALSO_OPENED_BY = {"admin/support/": ("service_requests.answer_disputes",)}


@pytest.mark.parametrize("name", [role.name for role in roles.ROLES])
def test_each_role_opens_its_own_sections_and_no_others(cast: Cast, staff: dict[str, User], name: str) -> None:
    user = staff[name]
    client = quick_login(user)
    wrong = []
    for address in every_address():
        if not of_admin(address) or address.route == "admin/" or address.route.startswith(COMMON):
            continue
        status = client.get(address.path).status_code
        if status >= 500 or (not _may_open(user, address) and status not in TURNED_AWAY):
            wrong.append((address.route, status))
    assert wrong == []


def _may_open(user: User, address: Address) -> bool:
    for prefix, permission in SECTIONS.items():
        if address.route.startswith(prefix):
            rights = (permission, *ALSO_OPENED_BY.get(prefix, ()), *((READ_SCREENS,) if prefix in READ_BY_ALL else ()))
            return any(map(user.has_perm, rights))
    for prefix, work in WAGTAILS.items():
        if address.route.startswith(prefix):
            return _may_work(user, work)
    app = address.route.removeprefix("admin/").removeprefix("snippets/").lstrip("^").split("/")[0]
    if not app:
        return any(p.endswith(("_newscategory", "_answertemplate")) for p in user.get_all_permissions())
    return any(permission.startswith(f"{app}.") for permission in user.get_all_permissions())


def _may_work(user: User, work: str) -> bool:
    named = {PAGES_ALONE: WRITERS, FILES_ALONE: FILERS, ADMIN_ALONE: set()}
    return user.username in named[work] if work in named else user.has_perm(work)


@pytest.mark.parametrize("name", [role.name for role in roles.ROLES])
def test_each_role_changes_its_own_settings_and_no_others(staff: dict[str, User], client: Client, name: str) -> None:
    client.force_login(staff[name])
    for model in settings_registry:
        app, codename = model._meta.app_label, model._meta.model_name
        opened = client.get(f"/admin/settings/{app}/{codename}/", follow=True)
        assert opened.redirect_chain or staff[name].has_perm(f"{app}.change_{codename}"), model
        is_open = "/admin/settings/" in opened.request["PATH_INFO"]
        assert is_open == staff[name].has_perm(f"{app}.change_{codename}"), model


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
    assert text == as_markdown(), "run: manage.py setup_roles --table > docs/guide/roles.md"
