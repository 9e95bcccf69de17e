"""FAULTS 21: every list and view of the admin, for everybody who may open it, is no oracle and no 500."""

import json
import re
from collections import deque
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin

import pytest
from bs4 import BeautifulSoup, Tag
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpResponseBase
from django.test import Client
from wagtail_modeladmin.options import ModelAdmin

from cms_pages.bootstrap import ensure_pages
from portal.accounts.models import User
from portal.operations import roles
from tests.people import Cast, make_login
from tests.security.addresses import Address, every_address, quick_login
from tests.security.test_every_address import _may_open

pytestmark = pytest.mark.django_db

# Every password of the tests begins with the right value.
RIGHT, WRONG = "md5", "zzz"
RELATION = "entered_by__groups__permissions__group__user__usersession__session_key__startswith"
# Not opened by walking: it ends the session; it is an error to try out.
LEFT_OUT = ("admin/logout/", "admin/failwhale/", "admin/test404/")
CLOSED = {301, 302, 403, 404, 405}

ENDLESS = "9" * 21
ODD = (
    ("p", "-1"),
    ("p", "x"),
    ("p", ENDLESS),
    ("page", ENDLESS),
    ("page", "0"),
    ("o", "99"),
    ("o", "abc"),
    ("o", "-99"),
    ("ordering", "password"),
    ("export", "exe"),
    ("q", "x" * 10_000),
    ("q", "x " * 5_000),
    ("day", "2026-13-45"),
    ("day", "0001-01-01"),
    ("month", "9999-99"),
    ("state", "zzz"),
    ("kind", "1e400"),
    ("owner", ENDLESS),
    ("collection_id", ENDLESS),
    ("offset", ENDLESS),
    ("limit", "x"),
    ("search", "x " * 5_000),
    ("target_pages[]", "x"),
    ("parent_page_id", "x"),
    ("id", ENDLESS),
    ("create_model", "x"),
    ("page_type", "x"),
    ("locale", "xx"),
    ("crew", "²"),
    ("house", ENDLESS),
)

# Views that are no lists and so may ignore a parameter: forms, records, the frame of the admin.
NO_LISTS = re.compile(
    r"""
    ^admin/$ | jsi18n | sprite | admin/account/ | dismissibles | editing-sessions | block-preview
    | /(add|new|create|edit|delete|copy|inspect|upload|import|preview|usage)/ | /(add|new|create|edit|delete|copy)$
    | admin/choose-(external|email|phone|anchor)-link | chosen-multiple | choose-page/chosen
    | embeds/chooser | select_type | select_format | privacy | move | workflow | tasks | generate_url
    | admin/office/(closing/<|recalculation|correction/|number/|act/|import/|system/)
    | registration/(person|request|<) | field/(verification|visit|act|<) | outages/(new|<) | dispatch/(<|incident)
    | settings/ | (images|redirects|searchpicks|sites|users|groups|collections)/<
    """,
    re.VERBOSE,
)


def walked() -> list[Address]:
    """Addresses of the admin and of the content API."""
    return [
        address
        for address in every_address()
        if address.route.startswith(("admin/", "api/content/")) and not address.route.startswith(LEFT_OUT)
    ]


def path_to_password(model: type[Model]) -> str:
    """The shortest way of relations from a model to the password of a login, as an ORM lookup."""
    waiting: deque[tuple[type[Model], list[str]]] = deque([(model, [])])
    seen = {model}
    while waiting:
        here, steps = waiting.popleft()
        if here is User:
            return "__".join([*steps, "password__startswith"])
        for field in here._meta.get_fields():
            there = field.related_model
            if isinstance(there, type) and there not in seen and not field.name.endswith("+"):
                seen.add(there)
                waiting.append((there, [*steps, field.name]))
    return RELATION


def admin_of(view: Any) -> type[ModelAdmin] | None:
    """The modeladmin behind a view, however many decorators are around it."""
    while view is not None:
        owner = getattr(view, "__self__", None)
        if isinstance(owner, ModelAdmin):
            return type(owner)
        view = getattr(view, "__wrapped__", None)
    return None


def lookups_of(address: Address) -> tuple[str, str]:
    """A lookup of a column, and one over relations that this very list could follow."""
    admin = admin_of(address.view)
    return "password__startswith", path_to_password(admin.model) if admin else RELATION


# What differs from request to request: CSRF tokens, nonces, keys of forms, moments and how long ago they were.
TOKENS = re.compile(
    r"\b[A-Za-z0-9]{64}\b|nonce=\"[^\"]+\"|name=\"key\" value=\"[^\"]*\"|[0-9a-f]{8}-[0-9a-f-]{27}"
    r"|<time.*?</time>|data-w-tooltip-content-value=\"[^\"]*\"",
    re.DOTALL,
)


def answer(response: HttpResponseBase) -> tuple[int, str]:
    """Status and body, without what differs from request to request and without the value asked for."""
    body = "" if response.streaming else response.content.decode(errors="replace")  # type: ignore[attr-defined]
    return response.status_code, TOKENS.sub("", body).replace(RIGHT, "?").replace(WRONG, "?")


@pytest.fixture
def boss(cast: Cast) -> Client:
    """The superuser, who opens everything."""
    ensure_pages()
    roles.setup()
    user = make_login("boss", staff=True)
    user.is_superuser = True
    user.save()
    return quick_login(user)


def test_no_list_or_view_is_an_oracle_or_breaks(boss: Client) -> None:
    lists, unguarded, oracles, broken = [], [], [], []
    for address in walked():
        status = boss.get(address.path, {"zzz": "1"}).status_code
        if status in CLOSED:
            continue
        if status == 400:
            lists.append(address)
            odd = [dict([ODD[len(lists) % len(ODD)]])]
            pairs = [(name,) for name in lookups_of(address)]
        else:
            unguarded += [] if NO_LISTS.search(address.route) else [address.route]
            odd, pairs = [dict(ODD)], [lookups_of(address)]
        statuses = [status, *(boss.get(address.path, asked).status_code for asked in odd)]
        broken += [address.route] if max(statuses) >= 500 else []
        oracles += [] if all(same(boss, address, names) for names in pairs) else [address.route]
    assert unguarded == [], "declare what these lists take (portal.core.list_parameters), or say that they are none"
    assert oracles == []
    assert broken == []
    assert len(lists) > 100
    for role in roles.ROLES:
        assert oracles_of(role.name, lists) == [], role.name


def same(client: Client, address: Address, names: tuple[str, ...]) -> bool:
    """Whether right and wrong values of these lookups are answered alike."""
    right, wrong = (answer(client.get(address.path, dict.fromkeys(names, value))) for value in (RIGHT, WRONG))
    return right == wrong


def oracles_of(role: str, lists: list[Address]) -> list[str]:
    """Lists that an employee of this role opens and that tell them more than the status 400."""
    user = make_login(role, staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = quick_login(user)
    links = []
    for address in lists:
        if not _may_open(user, address):
            continue
        asked = [dict.fromkeys(lookups_of(address), value) for value in (RIGHT, WRONG)]
        right, wrong = (answer(client.get(address.path, query)) for query in asked)
        links += [] if right == wrong and right[0] in CLOSED | {400} else [address.route]
    return links


# What a browser sends of a form as it stands: no radio button or box that is not chosen.
SENT = "input[name]:not([type=radio]):not([type=checkbox]), input[name][checked], select[name]"


def offered_by(address: Address, page: str) -> set[str]:
    """Addresses with parameters that a page offers: its links, its forms sent as they are, and what scripts ask for."""
    soup = BeautifulSoup(json.loads(page)["html"] if page.startswith('{"') else page, "html.parser")
    links = {str(link["href"]) for link in soup.select("a[href*='?']")}
    for form in soup.select("form"):
        if str(form.get("method", "get")).lower() != "get" or form.select("[name=csrfmiddlewaretoken]"):
            continue
        fields = [(str(field.get("name")), _value_of(field)) for field in form.select(SENT)]
        action = str(form.get("action") or form.get("data-w-swap-src-value") or address.path)
        query = urlencode([*fields, ("_w_filter_fragment", "1")] if form.get("data-w-swap-src-value") else fields)
        links.add(f"{action.split('?', maxsplit=1)[0]}?{query}")
    return {urljoin(address.path, link) for link in links}


def _value_of(field: Tag) -> str:
    if field.name == "select":
        chosen = field.select_one("option[selected]") or field.select_one("option")
        return str(chosen.get("value", "")) if chosen else ""
    return str(field.get("value", ""))


def test_lists_take_what_their_own_pages_offer(boss: Client) -> None:
    refused, asked = [], set()
    for address in walked():
        response = boss.get(address.path, {}) if not NO_LISTS.search(address.route) else None
        if response is None or response.status_code != 200 or response.streaming:
            continue
        page = response.content.decode(errors="replace").lstrip()
        if not page.startswith("<") and not (page.startswith('{"') and '"html"' in page):
            continue
        for offered in offered_by(address, page):
            path, _mark, query = offered.partition("?")
            kind = (path, tuple(sorted(set(parse_qs(query, keep_blank_values=True)))))
            if path.startswith("/admin/") and kind not in asked and boss.get(offered).status_code == 400:
                refused.append(f"{address.path} offers {offered}")
            asked.add(kind)
    assert len(asked) > 100
    assert refused == []


def test_the_choosers_take_what_the_editor_of_text_asks_them(boss: Client) -> None:
    link = {
        "page_type": "wagtailcore.page",
        "allow_external_link": "true",
        "allow_email_link": "true",
        "allow_phone_link": "true",
        "allow_anchor_link": "true",
        "link_text": "вода",
        "parent_page_id": "1",
        "user_perms": "move_to",
        "can_choose_root": "false",
        "match_subclass": "true",
        "p": "1",
    }
    for path in ("/admin/choose-page/", "/admin/choose-page/1/", "/admin/choose-external-link/"):
        assert boss.get(path, link).status_code == 200, path
    assert boss.get("/admin/choose-page/", {"target_pages[]": ["1", "2"]}).status_code == 200
    assert boss.get("/admin/images/chooser/", {"select_format": "true", "q": "вода", "p": "1"}).status_code == 200
    assert boss.get("/admin/images/chooser/", {"collection_id": "99"}).status_code == 400
    assert boss.get("/admin/choose-page/", {"owner__password__startswith": "md5"}).status_code == 400


def test_the_content_api_names_what_it_cannot_read(boss: Client) -> None:
    for path in ("/api/content/v2/pages/", "/api/content/v2/images/", "/admin/api/main/pages/"):
        for name, value in (("offset", str(10**20)), ("search", "x " * 5_000), ("owner__password__startswith", "md5")):
            response = boss.get(path, {name: value})
            assert response.status_code == 400, (path, name)
            assert "message" in json.loads(response.content)
