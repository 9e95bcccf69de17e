"""Residents and employees at the entry of a cluster, over TLS: cookies, forms, no redirects of their own accord."""

import itertools
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from http.cookies import SimpleCookie
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from urllib3.exceptions import HTTPError

from tests.cluster.portal_hosts import NAME, Entry
from tests.load.residents import PASSWORD

FIELD = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
CARD = {"number": "2223000048410010", "expiry": "12/30", "csc": "123"}
"""A test card that goes through without a code."""
REFERENCE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PAID = "icon-box--ok"
"""What only the page of a paid payment has."""
AT_A_TIME = 4
LAST = 8
"""Failures that are printed at the end: a test that fails shows them."""
PAUSE = 0.2
"""Seconds between two acts of one visitor."""
PAYMENT = {"choice": "other", "amount": "100,00", "contact": "resident@mail.example"}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    location: str
    text: str
    headers: Any


class Failed(AssertionError):
    """An answer that no visitor should get."""


class Visitor:
    """A browser of sorts that knows the entry's address and certificate."""

    def __init__(self, entry: Entry) -> None:
        self.cookies: dict[str, str] = {}
        self.pool = entry.pool()

    def ask(self, path: str, form: dict[str, str] | None = None) -> Answer:
        """One request, on a connection of its own. Raises urllib3's HTTPError when there is no answer."""
        headers = {"Host": NAME, "Referer": f"https://{NAME}{path}", "Connection": "close"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form)
        method = "GET" if form is None else "POST"
        answer = self.pool.urlopen(method, path, body, headers, retries=False, redirect=False)
        for line in answer.headers.getlist("Set-Cookie"):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        parts = urlsplit(answer.headers.get("Location", ""))
        location = parts.path + (f"?{parts.query}" if parts.query else "")
        return Answer(answer.status, location, answer.data.decode("utf-8", "replace"), answer.headers)

    def page(self, path: str) -> str:
        """The text of a page that must open. Raises Failed."""
        answer = self.ask(path)
        if answer.status != 200:
            raise Failed(f"{path} answers {answer.status} {answer.location}")
        return answer.text

    def send(self, path: str, to: str = "", **values: str) -> Answer:
        """Fill in the form of a page and send it there, or to another address. Raises Failed unless it is taken."""
        answer = self.ask(to or path, hidden_fields(self.page(path)) | values)
        if answer.status not in {200, 302, 303}:
            raise Failed(f"POST {to or path} answers {answer.status}")
        return answer

    def log_in(self, login: str) -> None:
        """Log in with the password of all. Raises Failed."""
        if self.send("/accounts/login/", login=login, password=PASSWORD).status != 302:
            raise Failed(f"the login of {login} is not taken")


def hidden_fields(page: str) -> dict[str, str]:
    """Names and values of the hidden inputs of a page's forms."""
    inputs = [dict(ATTRIBUTE.findall(tag)) for tag in FIELD.findall(page)]
    return {
        tag["name"]: unescape(tag.get("value", "")) for tag in inputs if tag.get("type") == "hidden" and "name" in tag
    }


def send_readings(visitor: Visitor, resident: dict[str, Any]) -> dict[int, str]:
    """Send a reading for each meter and see the answer; returns what was accepted. Raises Failed."""
    values = {int(meter): f"{float(last) + 3:.3f}" for meter, last in resident["meters"].items()}
    fields = {f"meter_{meter}": value.replace(".", ",") for meter, value in values.items()}
    answer = visitor.send("/personal/readings/", **fields)
    if answer.status != 302:
        raise Failed("the readings are not taken")
    page = visitor.page(answer.location)
    if not all(value.replace(".", ",").rstrip("0").rstrip(",") in page for value in values.values()):
        raise Failed("the readings are not on the page of the answer")
    return values


def pay(visitor: Visitor) -> str:
    """Pay a hundred roubles at the demo bank; returns the payment's reference. Raises Failed."""
    bank = visitor.send("/personal/pay/", **PAYMENT).location
    back = visitor.send(bank, **CARD).location
    for _hop in range(4):
        answer = visitor.ask(back)
        if answer.status == 200 and PAID in answer.text:
            reference = REFERENCE.search(back)
            if reference is None:
                raise Failed(f"{back} names no payment")
            return reference[0]
        if not answer.location:
            break
        back = answer.location
    raise Failed(f"{back} does not say that the payment is there")


@dataclass(frozen=True)
class Failure:
    """What had no good answer: when its act began (seconds of the monotonic clock), who did it, what happened."""

    began: float
    text: str


class Visitors:
    """Some people at a time who do something again and again until the block ends.

    Who is not logged in takes the next of the logins, which go round.
    """

    def __init__(self, entry: Entry, logins: Sequence[str]) -> None:
        self.entry = entry
        self._logins = itertools.cycle(logins)
        self.failed: list[Failure] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._live) for _person in range(AT_A_TIME)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        for failure in self.failed[-LAST:]:
            print(failure.text)

    def _live(self) -> None:
        visitor, login = Visitor(self.entry), ""
        for number in itertools.count():
            if self._over.wait(PAUSE):
                return
            began = time.monotonic()
            try:
                if not visitor.cookies:
                    login = next(self._logins)
                    visitor.log_in(login)
                self.act(visitor, number)
            except (Failed, HTTPError) as error:
                self.failed.append(Failure(began, f"{time.strftime('%X')} {login}: {error!r}"))
                visitor.cookies.clear()

    def failed_since(self, moment: float) -> list[str]:
        """What failed of the acts that began after a moment of the monotonic clock."""
        return [failure.text for failure in self.failed if failure.began > moment]

    def act(self, visitor: Visitor, number: int) -> None:
        """What is done again and again. Raises Failed, HTTPError."""
        raise NotImplementedError


class Readers(Visitors):
    """Open pages one after another."""

    def __init__(self, entry: Entry, paths: Sequence[str], logins: Sequence[str]) -> None:
        super().__init__(entry, logins)
        self.paths, self.answered = paths, 0

    def act(self, visitor: Visitor, number: int) -> None:
        """Open the next page."""
        visitor.page(self.paths[number % len(self.paths)])
        self.answered += 1


class Payers(Visitors):
    """Pay a hundred roubles each, once: who has begun a payment is not let begin another at once."""

    def __init__(self, entry: Entry, logins: Sequence[str]) -> None:
        super().__init__(entry, logins)
        self.paid: list[str] = []
        """References of the payments that the portal showed as paid."""

    def act(self, visitor: Visitor, number: int) -> None:
        """Pay, and give way to the next."""
        self.paid.append(pay(visitor))
        visitor.cookies.clear()
