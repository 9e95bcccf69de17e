"""Home, news list, a tariff, a document: CPU time against the page of a bare `wagtail start` in the same run.

Both are measured by page_cost.py, each in its own process, in turns; the quickest turn of each counts. The portal
has the pages of its demo and the settings of `make run` without the debugger; its cache is the one that is
configured (files, or Redis by REDIS_URL).
"""

import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from cms_pages.documents.models import DocumentPage
from cms_pages.tariffs.models import TariffPage
from portal.operations.demo import company, content
from portal.operations.demo.world import World
from tests import database
from tests.benchmarks.figure import Figure

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 11, 15)
TURNS = 3
AT_MOST, MAX_QUERIES = 2.0, 12


def _cost(folder: Path, settings_module: str, paths: list[str], **environment: str) -> dict[str, dict[str, float]]:
    command = [sys.executable, str(ROOT / "tests/benchmarks/page_cost.py"), settings_module, *paths]
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")}
    done = subprocess.run(
        command, cwd=folder, env=inherited | environment, check=True, capture_output=True, text=True, timeout=600
    )
    costs: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return costs


def _bare(folder: Path) -> Path:
    """A project of `wagtail start`, migrated."""
    project = folder / "bare"
    subprocess.run(
        [str(Path(sys.executable).with_name("wagtail")), "start", "bare"], cwd=folder, check=True, capture_output=True
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=project, env=environment, check=True)
    return project


def _fill() -> dict[str, str]:
    """The demo's pages; returns names and addresses of those to measure."""
    world = World(today=TODAY, size=0, random=random.Random(1), progress=lambda _words: None)
    company.load(world)
    content.load(world)
    return {
        "home": "/",
        "news list": "/news/",
        "a tariff": str(TariffPage.objects.latest("order_date").url),
        "a document": str(DocumentPage.objects.get(slug="rules-354").url),
    }


def _quickest(turns: list[dict[str, dict[str, float]]], path: str) -> float:
    return min(turn[path]["ms"] for turn in turns)


def run() -> list[Figure]:
    """Ratios of CPU time, and queries of a warm page."""
    keeper = database.backend()
    keeper.prepare()
    name = keeper.create()
    ours: list[dict[str, dict[str, float]]] = []
    bare: list[dict[str, dict[str, float]]] = []
    with tempfile.TemporaryDirectory() as folder:
        with database.switched_to(name):
            pages = _fill()
        project = _bare(Path(folder))
        environment: dict[str, Any] = {
            "DATABASE_URL": keeper.url(name),
            "PORTAL_TODAY": str(TODAY),
            "DJANGO_SECRET_KEY": "benchmark",
            "DEBUG": "0",
        }
        for _turn in range(TURNS):
            bare.append(_cost(project, "bare.settings.dev", ["/"]))
            ours.append(_cost(ROOT, "config.settings.dev", list(pages.values()), **environment))
    keeper.drop(name)
    base = _quickest(bare, "/")
    ratios = [
        Figure(f"{what}: CPU ÷ a bare Wagtail page", _quickest(ours, path) / base, at_most=AT_MOST)
        for what, path in pages.items()
    ]
    queries = [
        Figure(f"{what}: queries, warm", ours[-1][path]["queries"], at_most=MAX_QUERIES) for what, path in pages.items()
    ]
    return [*ratios, *queries]
