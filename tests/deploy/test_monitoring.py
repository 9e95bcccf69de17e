"""Alert rules and dashboard: they parse, name only metrics that /metrics really shows, and lead to the guide."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django_q.tasks import async_task
from prometheus_client.parser import text_string_to_metric_families

from portal.core import health
from portal.core.models import PartState
from portal.metering.metrics import READINGS_REFUSED
from portal.payments.gateways.measuring import note_call

pytestmark = pytest.mark.django_db
FOLDER = Path(settings.ROOT) / "deploy" / "monitoring"
NAME = re.compile(r"\b(?:portal|django)_[a-z_]+\b(?!\s*[=!]~?\")")
STRING, GROUPING = re.compile(r'"[^"]*"'), re.compile(r"\b(?:by|on|without)\s*\([^)]*\)")
OF_PROMETHEUS = {"up"}
SEVERITIES = {"critical", "warning"}


def rules() -> list[dict[str, Any]]:
    content = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))
    return [rule for group in content["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))["panels"]


def names_in(expression: str) -> set[str]:
    """Metrics of an expression of PromQL, without the labels that it groups by or compares."""
    return set(NAME.findall(GROUPING.sub("", STRING.sub('""', expression))))


def nothing() -> None:
    """A job of the test."""


@pytest.fixture
def exported(client: Client, tmp_path: Path, settings: Any) -> set[str]:
    """Names of the samples of a portal that has lived a little, as Prometheus gets them."""
    now = timezone.now().isoformat()
    file = tmp_path / "status.json"
    drill = {"drilled_at": now, "drill_ok": True}
    file.write_text(json.dumps({"finished_at": now, "succeeded": True, "last_success_at": now, "size": 1} | drill))
    settings.BACKUP_STATUS_FILE = str(file)
    settings.TLS_CERTIFICATE = str(Path(__file__).parent / "certificate.pem")
    health.note_beat(health.WORKER, timezone.now())
    PartState.objects.create(name="worker", status="ok", since=timezone.now(), checked_at=timezone.now())
    note_call("demo", "fetch", "ok", 0.1)
    READINGS_REFUSED.labels("ReadingWindowClosed").inc()
    async_task(f"{__name__}.nothing", sync=True)
    client.get("/accounts/login/")
    families = text_string_to_metric_families(client.get("/metrics").content.decode())
    return {sample.name for family in families for sample in family.samples}


def test_rules_and_panels_name_only_what_is_exported(exported: set[str]) -> None:
    expressions = [rule["expr"] for rule in rules()]
    expressions += [target["expr"] for panel in panels() for target in panel["targets"]]
    used = {name for expression in expressions for name in names_in(expression)} - OF_PROMETHEUS
    assert len(used) > 20, "the control: names are found"
    assert used - exported == set()


def test_every_fact_of_ours_is_watched_or_drawn(exported: set[str]) -> None:
    """A metric that nothing shows would be found by nobody."""
    text = "".join((FOLDER / name).read_text(encoding="utf-8") for name in ("alerts.yml", "dashboard.json"))
    shown = {re.sub(r"_(bucket|sum|count|total|created)$", "", name) for name in NAME.findall(text)}
    ours = {re.sub(r"_(bucket|sum|count|total|created)$", "", name) for name in exported if name.startswith("portal_")}
    assert ours - shown == {"portal_backup_size_bytes", "portal_gateway_answer_age_seconds"}


def test_every_alert_says_how_bad_it_is_what_it_means_and_where_to_read_on() -> None:
    guide = Path(settings.ROOT)
    for rule in rules():
        assert rule["labels"]["severity"] in SEVERITIES, rule["alert"]
        notes = rule["annotations"]
        assert all(len(notes[name]) > 10 for name in ("summary", "description")), rule["alert"]
        file, _hash, anchor = notes["runbook_url"].partition("#")
        assert f'<a id="{anchor}"></a>\n### ' in (guide / file).read_text(encoding="utf-8"), rule["alert"]
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_panels_do_not_lie_over_each_other() -> None:
    cells: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        columns, rows = (range(place[at], place[at] + place[size]) for at, size in (("x", "w"), ("y", "h")))
        own = {(x, y) for x in columns for y in rows}
        assert not cells & own, panel["title"]
        assert place["x"] + place["w"] <= 24
        cells |= own
