"""A portal served by another process from a database of its own, and a real browser before it."""

import contextlib
import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from portal.accounts.models import User
from portal.core.clock import MOSCOW
from portal.core.models import CompanySettings
from portal.ledger.enums import EntryKind
from portal.ledger.services import NewEntry, post_entry
from portal.metering.enums import ReadingSource
from portal.metering.models import Meter
from portal.metering.services import submit_reading
from portal.operations import roles
from tests import database, people
from tests.ports import free_port, wait_for

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
TODAY = "2026-11-15"
AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def lived_in() -> people.Cast:
    """The cast with three months of readings, a charge, a payment, and a company to call."""
    cast = people.make_cast()
    Meter.objects.filter(account=cast.anna.account).update(commissioned_on=dt.date(2026, 7, 15))
    for meter in Meter.objects.filter(account=cast.anna.account):
        for month in (8, 9, 10):
            submit_reading(
                meter=meter,
                value=meter.start_value + 6 * (month - 7),
                source=ReadingSource.PAPER,
                moment=dt.datetime(2026, month, 15, 12, tzinfo=MOSCOW),
            )
    for key, kind, amount, day in (
        ("a", EntryKind.OPENING, "1240.50", dt.date(2026, 10, 1)),
        ("b", EntryKind.PAYMENT, "-240.50", dt.date(2026, 10, 20)),
    ):
        post_entry(
            NewEntry(
                account_id=cast.anna.account.pk,
                kind=kind,
                amount=Decimal(amount),
                effective_on=day,
                key=key,
                source="test",
            )
        )
    roles.setup()
    people.make_employee("registrar")
    company = CompanySettings.load()
    company.emergency_phone = "+7 495 555-01-04"
    company.save()
    User.objects.update(password=PBKDF2PasswordHasher().encode(people.PASSWORD, "saltofthetests", iterations=1000))
    return cast


@dataclass(frozen=True)
class Portal:
    """A running portal: its address, its database, its programs' environment, its mail's folder, what was prepared."""

    url: str
    database: str
    environment: dict[str, str]
    mail: Path
    prepared: Any

    def manage(self, *arguments: str, today: str = "") -> str:
        """A command of manage.py beside the portal; its standard output. Raises when it fails."""
        environment = self.environment | ({"PORTAL_TODAY": today} if today else {})
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


@contextlib.contextmanager
def running(
    folder: Path, blocker: Any, *, prepare: Callable[[], Any], today: str = TODAY, worker: bool = False
) -> Iterator[Portal]:
    """A portal on a business date with what `prepare` puts into its database, and a worker beside it when asked."""
    keeper = database.backend()
    with blocker.unblock():
        name = keeper.create()
        with database.switched_to(name), override_settings(MEDIA_ROOT=folder / "media", PORTAL_TODAY=today):
            prepared = prepare()
    port = free_port()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": keeper.url(name),
        "PORTAL_TODAY": today,
        "DJANGO_SECRET_KEY": "journeys",
        # Files that `prepare` stored in this process open in the portal's processes too.
        "FIELD_ENCRYPTION_KEYS": settings.SECRET_KEY,
        "MEDIA_ROOT": str(folder / "media"),
        "DEBUG": "0",
        "Q_WORKERS": "1",
        "EMAIL_URL": f"filemail:////{folder / 'mail'}",
        "CACHE_DIR": str(folder / "cache"),
    }
    commands = [["runserver", "--noreload", f"127.0.0.1:{port}"], *([["qcluster"]] if worker else [])]
    with (folder / "programs.log").open("wb") as log:
        programs = [
            subprocess.Popen(
                [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
            for command in commands
        ]
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz", programs[0], seconds=120)
            yield Portal(f"http://127.0.0.1:{port}", name, environment, folder / "mail", prepared)
        finally:
            for program in programs:
                program.terminate()
            for program in programs:
                program.wait(timeout=30)
    with blocker.unblock():
        keeper.drop(name)


@pytest.fixture(scope="session")
def site(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a portal with three months of readings; the 15th of November there."""
    with running(tmp_path_factory.mktemp("portal"), django_db_blocker, prepare=lived_in) as portal:
        yield portal.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. While it is open this process cannot ask a database: `Portal.manage` does."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


class Visitor:
    """A page that remembers what the console said, and can be measured."""

    def __init__(self, site: str, context: BrowserContext) -> None:
        self.site = site
        self.context = context
        self.page: Page = context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda m: self.said.append(m.text) if m.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda e: self.said.append(str(e)))

    def go(self, path: str) -> None:
        """Open a page of the portal."""
        answer = self.page.goto(self.site + path)
        assert answer is not None
        assert answer.status == 200, path

    def log_in(self, name: str, to: str = "/personal/") -> None:
        """By the login page."""
        self.go(f"/accounts/login/?next={to}")
        self.page.fill("main input[name=login]", name)
        self.page.fill("main input[name=password]", people.PASSWORD)
        self.page.click("main form button[type=submit]")
        self.page.wait_for_url(f"**{to}")

    def violations(self, *rules: str) -> list[str]:
        """What axe finds against WCAG 2.2 AA (or by single rules); run by the debugger's door, so that the page's own
        policy stays.
        """
        self.page.evaluate(AXE)
        controls = self.page.evaluate(
            "only => axe.run(document, {runOnly: only})"
            ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 2).join(' | ')))",
            list(rules) or WCAG,
        )
        return list(controls)

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
