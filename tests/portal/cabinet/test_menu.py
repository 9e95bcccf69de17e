"""The menu of the cabinet: few places, tabs inside them, the place of every page marked."""

import re

import pytest
from django.test import Client

from portal.cabinet.menu import menu_items, tabs
from tests.people import Cast

MOST_IN_A_GROUP = 7


def places(path: str, *, holds_account: bool = True) -> list[tuple[str, str]]:
    """Words and mark of each place on a page."""
    items = menu_items(path=path, unread=0, holds_account=holds_account)
    return [(str(item.title), item.current) for item in items]


def test_the_menu_has_groups_of_at_most_seven() -> None:
    items = menu_items(path="/personal/", unread=3)
    assert [str(item.title) for item in items] == [
        "Главная",
        "Показания",
        "Счета",
        "Оплатить",
        "Заявки",
        "Счётчики и расход",
        "Сообщения",
        "Профиль",
    ]
    groups = [item.group for item in items]
    assert max(groups.count(group) for group in set(groups)) <= MOST_IN_A_GROUP
    assert {str(item.title): item.count for item in items if item.count} == {"Сообщения": 3}


@pytest.mark.parametrize(
    ("path", "place", "mark"),
    [
        ("/personal/", "Главная", "page"),
        ("/personal/former/7/", "Главная", "true"),
        ("/personal/readings/history/", "Показания", "true"),
        ("/personal/receipts/", "Счета", "page"),
        ("/personal/bills/2026-10/", "Счета", "true"),
        ("/personal/ledger/", "Счета", "true"),
        ("/personal/pay/history/", "Счета", "true"),
        ("/personal/pay/", "Оплатить", "page"),
        ("/personal/complaints/new/", "Заявки", "true"),
        ("/personal/support/", "Заявки", "true"),
        ("/personal/requests/replacement/", "Заявки", "true"),
        ("/personal/consumption/", "Счётчики и расход", "true"),
        ("/personal/profile/keys/", "Профиль", "true"),
    ],
)
def test_one_place_is_marked_on_every_page(path: str, place: str, mark: str) -> None:
    assert [item for item in places(path) if item[1]] == [(place, mark)]


def test_a_page_of_a_place_has_tabs_and_a_page_below_it_a_link_back(cast: Cast, client: Client) -> None:
    client.force_login(cast.anna.user)
    page = client.get("/personal/ledger/").content.decode()
    nav = re.search(r'<nav class="place-tabs".*?</nav>', page, re.DOTALL)
    assert nav is not None
    assert re.findall(r'href="([^"]+)"( aria-current="page")?', nav[0]) == [
        ("/personal/receipts/", ""),
        ("/personal/ledger/", ' aria-current="page"'),
        ("/personal/pay/history/", ""),
    ]
    assert tabs(path="/personal/complaints/new/") == []
    assert tabs(path="/personal/profile/") == []


def test_a_login_without_an_account_keeps_its_letters() -> None:
    assert [title for title, _mark in places("/personal/support/", holds_account=False)] == [
        "Главная",
        "Заявки",
        "Сообщения",
        "Профиль",
    ]
    letters = [str(tab.title) for tab in tabs(path="/personal/support/", holds_account=False)]
    assert letters == ["Жалобы и предложения", "Вопросы"]
