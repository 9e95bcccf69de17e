"""Reductions for outages: asked about with sum and months, rejected together, a second click, garbled clicks."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts.enums import Service
from portal.approvals.models import ApprovalSettings, NumberRequest
from portal.billing.models import Interruption
from portal.billing.services import propose_interruption
from portal.core.clock import MOSCOW
from tests.answers import messages_of, text_of
from tests.conftest import SetDate
from tests.people import Cast, Clerk

START = dt.datetime(2026, 11, 12, 8, tzinfo=MOSCOW)
OUTAGE = reverse("office_decide_outage")


def proposed(
    cast: Cast, *, hours: int = 10, source: str = "outage:3", service: Service = Service.COLD_WATER, later: int = 0
) -> Interruption:
    start = START + dt.timedelta(days=later)
    return propose_interruption(
        houses=[cast.anna.account.premises.house],
        services=[service],
        started_at=start,
        ended_at=start + dt.timedelta(hours=hours),
        source=source,
    )[0]


@pytest.fixture
def accountant(cast: Cast, clerk: Clerk, client: Client, business_date: SetDate) -> Client:
    business_date("2026-11-20")
    clerk("office.close_month")
    return client


def decide(client: Client, row: Interruption, **typed: str) -> list[str]:
    answer = client.post(reverse("office_decide_interruption", args=[row.pk]), typed)
    row.refresh_from_db()
    return messages_of(answer) if answer.status_code == 302 else []


def test_nothing_waits_and_the_page_says_so(accountant: Client) -> None:
    shown = accountant.get(reverse("office_interruptions"))
    assert shown.context["outages"] == []
    assert shown.status_code == 200


def test_a_rejection_needs_no_question_and_stays(accountant: Client, cast: Cast) -> None:
    row = proposed(cast)
    assert decide(accountant, row, what="reject")[-1].startswith("Решено")
    assert row.status == "rejected"
    decide(accountant, row, what="reject")
    assert row.status == "rejected"
    decide(accountant, row, what="approve", confirmed="1")
    assert row.status == "rejected", "it is turned round, not decided anew"


def test_turning_a_reduction_round_is_asked_about(accountant: Client, cast: Cast) -> None:
    row = proposed(cast)
    decide(accountant, row, what="approve", confirmed="1")
    asked = accountant.post(reverse("office_decide_interruption", args=[row.pk]), {"what": "turn"})
    assert asked.context["hidden"] == {"what": "turn"}
    row.refresh_from_db()
    assert row.status == "approved"
    decide(accountant, row, what="turn", confirmed="1")
    assert row.status == "rejected"


@pytest.mark.parametrize("what", ["", "delete", "APPROVE"])
def test_a_garbled_click_decides_nothing(accountant: Client, cast: Cast, what: str) -> None:
    row = proposed(cast)
    assert decide(accountant, row, what=what, confirmed="1") == []
    assert row.status == "proposed"
    assert accountant.post(OUTAGE, {"what": what, "source": "outage:3"})["Location"] == reverse("office_interruptions")
    row.refresh_from_db()
    assert row.status == "proposed"


def test_an_outage_is_rejected_together_and_a_second_click_finds_nothing(accountant: Client, cast: Cast) -> None:
    rows = [proposed(cast), proposed(cast, service=Service.HOT_WATER), proposed(cast, source="outage:4", later=1)]
    form = {"what": "reject", "source": "outage:3"}
    assert messages_of(accountant.post(OUTAGE, form)) == ["Решено перерывов: 2."]
    assert messages_of(accountant.post(OUTAGE, form))[-1] == "Решено перерывов: 0."
    assert messages_of(accountant.post(OUTAGE, {"what": "approve", "source": "outage:3"}))[-1] == "Решено перерывов: 0."
    for row in rows:
        row.refresh_from_db()
    assert [row.status for row in rows] == ["rejected", "rejected", "proposed"]


@pytest.mark.parametrize(
    ("hours", "questions"),
    [(10, []), (24 * 4, ["дольше 3"])],
)
def test_the_question_names_what_is_not_certain(
    accountant: Client, cast: Cast, hours: int, questions: list[str]
) -> None:
    row = proposed(cast, hours=hours)
    asked = accountant.post(reverse("office_decide_interruption", args=[row.pk]), {"what": "approve"})
    assert len(asked.context["consequences"]) == len(questions)
    for question, shown in zip(questions, asked.context["consequences"], strict=True):
        assert question in shown


def test_a_source_that_is_no_outage_is_shown_as_it_is(accountant: Client, cast: Cast) -> None:
    proposed(cast, source="Акт № 7")
    assert "Акт № 7" in text_of(accountant.get(reverse("office_interruptions")))


def test_what_waits_for_a_second_person_is_not_decided_by_the_first_again(accountant: Client, cast: Cast) -> None:
    ApprovalSettings.objects.update_or_create(defaults={"second_person_above": 0, "day_above": 0})
    row = proposed(cast)
    decide(accountant, row, what="approve", confirmed="1")
    waiting = NumberRequest.objects.count()
    decide(accountant, row, what="approve", confirmed="1")
    assert NumberRequest.objects.count() == waiting


def test_an_interruption_that_is_none_is_not_found(accountant: Client) -> None:
    assert accountant.post(reverse("office_decide_interruption", args=[99999]), {"what": "reject"}).status_code == 404
