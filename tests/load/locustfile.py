"""Who is at the portal in the last hour of the 20th: residents who send readings, a dispatcher, an accountant.

Each request plays what nginx would add: the visitor's own address and the moment when it was passed on.
"""

import itertools
import json
import os
import random
import re
import time
from html import unescape
from pathlib import Path
from typing import Any

from locust import HttpUser, between, events, task
from locust.clients import HttpSession
from locust.exception import StopUser

from tests.load.residents import PASSWORD, SENT_AWAY, STAFF

RESIDENTS = iter(json.loads(Path(os.environ["LOAD_RESIDENTS"]).read_text(encoding="utf-8")))
ACCEPTED = Path(os.environ["LOAD_ACCEPTED"])
PAYING = 0.05
"""Share of residents who pay after sending."""
THINKING = float(os.environ.get("LOAD_THINKING", "1"))
"""Mean seconds between two steps."""
ADDRESSES = itertools.count(1)
FIELD = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
STAFF_LOGINS = itertools.cycle(STAFF)
ON_SCREEN = {
    "dispatcher": ["/admin/dispatch/", "/admin/dispatch/?state=open"],
    "accountant": [
        "/admin/",
        "/admin/office/account/",
        "/admin/office/closing/",
        "/admin/office/payments/unidentified/",
    ],
}
OVERLOADED = 503
PAYMENT = {"choice": "other", "amount": "100,00", "contact": "resident@mail.example"}


def hidden_fields(page: str) -> dict[str, str]:
    """Names and values of the hidden inputs of a page's forms."""
    inputs = [dict(ATTRIBUTE.findall(tag)) for tag in FIELD.findall(page)]
    return {
        tag["name"]: unescape(tag.get("value", "")) for tag in inputs if tag.get("type") == "hidden" and "name" in tag
    }


class Visitor(HttpUser):
    """A person with an address of their own, behind our proxy."""

    abstract = True
    client: HttpSession

    def on_start(self) -> None:
        number = next(ADDRESSES)
        self.address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        # locust's session reads nothing from the environment.
        self.client.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True

    def open(self, step: str, url: str, **form: Any) -> Any:
        """GET the address, or POST a form to it; the step is counted under its name. An overloaded portal ends the
        visit: whoever is sent away comes back later as somebody else.
        """
        headers = {
            "X-Forwarded-For": self.address,
            "X-Request-Start": f"t={time.time():.3f}",
        }
        method = "POST" if form else "GET"
        if form:
            headers["Referer"] = f"{self.host}{url}"
        allow = not form
        with self.client.request(
            method, url, name=step, headers=headers, data=form or None, allow_redirects=allow, catch_response=True
        ) as response:
            if response.status_code == OVERLOADED and "Retry-After" in response.headers:
                response.failure(SENT_AWAY)
                raise StopUser
            if response.status_code >= 400:
                response.failure(f"{response.status_code}")
                raise StopUser
            return response

    def log_in(self, login: str) -> None:
        """Log in with the password of all."""
        page = self.open("login: form", "/accounts/login/").text
        answer = self.open("login: send", "/accounts/login/", **hidden_fields(page), login=login, password=PASSWORD)
        if answer.status_code != 302:
            raise StopUser


class Resident(Visitor):
    """Logs in, looks at the cabinet, sends the readings, sees the answer; one in twenty pays."""

    weight = 20
    wait_time = between(THINKING * 0.5, THINKING * 1.5)

    @task
    def last_evening(self) -> None:
        """One resident, from login to answer; the next visit is another resident's."""
        try:
            resident = next(RESIDENTS)
        except StopIteration:
            self.environment.runner.quit()
            raise StopUser from None
        self.client.cookies.clear()
        self.log_in(resident["login"])
        self.wait()
        self.open("cabinet", "/personal/")
        self.wait()
        page = self.open("readings: form", "/personal/readings/").text
        values = {
            meter: f"{float(last) + random.randint(1_000, 6_000) / 1_000:.3f}"
            for meter, last in resident["meters"].items()
        }
        fields = {f"meter_{meter}": value.replace(".", ",") for meter, value in values.items()}
        self.wait()
        answer = self.open("readings: send", "/personal/readings/", **hidden_fields(page), **fields)
        if answer.status_code != 302:
            raise StopUser
        with ACCEPTED.open("a", encoding="utf-8") as accepted:
            accepted.write(json.dumps(values) + "\n")
        self.open("readings: answer", answer.headers["Location"])
        if random.random() < PAYING:
            self.wait()
            page = self.open("pay: form", "/personal/pay/").text
            self.open("pay: send", "/personal/pay/", **hidden_fields(page), **PAYMENT)


class Employee(Visitor):
    """Works in the admin: opens lists one after the other."""

    fixed_count = len(STAFF)
    wait_time = between(THINKING, THINKING * 3)

    def on_start(self) -> None:
        super().on_start()
        self.name = next(STAFF_LOGINS)
        self.log_in(self.name)

    @task
    def look(self) -> None:
        """Open a list of one's work."""
        self.open(f"staff: {self.name}", random.choice(ON_SCREEN[self.name]))


@events.quitting.add_listener
def exit_quietly(environment: Any, **_kwargs: Any) -> None:
    """Errors are a figure of the report, not the exit code of the run."""
    environment.process_exit_code = 0
