"""H2, FAULTS 4: Redis is killed under a running portal: every page goes on, logins survive, logouts too.

The portal runs in a process of its own with the real backend and session engine; Redis is killed (-9), started again
empty, and emptied while it runs.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from cms_pages.bootstrap import ensure_pages
from portal.accounts.models import User
from tests.conftest import OwnDatabase
from tests.people import PASSWORD, make_cast, make_login
from tests.ports import free_port
from tests.redis_server import RedisServer, needs_redis, running_redis

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = (
    "/",
    "/tariffs/",
    "/news/",
    "/support/",
    "/search/?query=вода",
    "/accounts/login/",
    "/accounts/password/reset/",
)


class Portal:
    """A running portal."""

    def __init__(self, url: str, environment: dict[str, str]) -> None:
        self.url, self.environment = url, environment

    def browser(self) -> requests.Session:
        """A browser without cookies."""
        browser = requests.Session()
        browser.trust_env = False
        return browser

    def log_in(self, login: str) -> requests.Session:
        """A browser that logged in by the page."""
        browser, page = self.browser(), f"{self.url}/accounts/login/"
        browser.get(page, timeout=60)
        form = {"login": login, "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        answer = browser.post(page, form, headers={"Referer": page}, timeout=60)
        assert answer.status_code == 200
        assert self.is_inside(browser, "/admin/" if login == "chief" else "/personal/")
        return browser

    def is_inside(self, browser: requests.Session, path: str = "/personal/") -> bool:
        """Whether a page behind the login opens; anything but it and the way to the login is a failure."""
        status = browser.get(self.url + path, allow_redirects=False, timeout=60).status_code
        assert status in {200, 302}
        return status == 200

    def all_pages_open(self) -> None:
        """Nobody sees an error."""
        browser = self.browser()
        assert {path: browser.get(self.url + path, timeout=60).status_code for path in PUBLIC} == dict.fromkeys(
            PUBLIC, 200
        )


@contextmanager
def running_portal(database: OwnDatabase, redis: RedisServer, log: Path, media: Path) -> Iterator[Portal]:
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": database.url,
        "REDIS_URL": redis.url,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DJANGO_SECRET_KEY": "without-redis",
        "MEDIA_ROOT": str(media),
        "PYTHONPATH": f"{ROOT}:{ROOT}/site",
    }
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--threads", "4", "--bind", f"127.0.0.1:{port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=output, stdout=output)
        portal = Portal(f"http://127.0.0.1:{port}", environment)
        try:
            _wait(portal)
            yield portal
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait(portal: Portal) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            assert portal.browser().get(f"{portal.url}/healthz", timeout=60).text == "ok"
            return
        except requests.ConnectionError:
            assert time.monotonic() < deadline, "the portal did not start"
            time.sleep(0.05)


@needs_redis
def test_pages_go_on_and_logins_survive(own_database: OwnDatabase, tmp_path: Path) -> None:
    make_cast()
    chief = make_login("chief", staff=True)
    chief.is_superuser = True
    chief.save()
    User.objects.update(password=PBKDF2PasswordHasher().encode(PASSWORD, "saltofthetests", iterations=1000))
    ensure_pages()
    log = tmp_path / "portal.log"
    with running_redis() as redis, running_portal(own_database, redis, log, tmp_path / "media") as portal:
        anna, boris, staff = portal.log_in("anna"), portal.log_in("boris"), portal.log_in("chief")
        portal.all_pages_open()

        redis.kill()
        portal.all_pages_open()
        assert portal.is_inside(anna)
        assert portal.is_inside(staff, "/admin/")
        elena = portal.log_in("stranger")
        cookie = dict(boris.cookies)
        form = {"csrfmiddlewaretoken": boris.cookies["csrftoken"]}
        boris.post(f"{portal.url}/accounts/logout/", form, headers={"Referer": portal.url + "/"}, timeout=60)
        thief = portal.browser()
        thief.cookies.update(cookie)
        assert not portal.is_inside(thief)
        set_up = [sys.executable, "manage.py", "setup_site"]
        subprocess.run(set_up, cwd=ROOT, env=portal.environment, check=True, capture_output=True)
        assert log.read_text().count("is unavailable") == 1, "said once an outage, not once a request"

        redis.start()
        for _round in range(2):  # started empty, then emptied while it runs
            portal.all_pages_open()
            assert portal.is_inside(anna)
            assert portal.is_inside(elena)
            assert portal.is_inside(staff, "/admin/")
            assert not portal.is_inside(thief)
            subprocess.run(["redis-cli", "-p", str(redis.port), "flushall"], check=True, capture_output=True)
