"""FAULTS 1: closing a month, killed at work, started twice, disturbed by readings: the result is a quiet run's."""

import pytest
from django.db import connection

from portal.billing.models import AccountClosing
from portal.metering.models import Meter, Reading
from portal.operations.ledger_check import problems
from tests.concurrency.closings import MONTH, content, finished, quiet_result, worker
from tests.conftest import OwnDatabase


@pytest.mark.parametrize("chunk", [1, 4, 6])
def test_killed_and_started_again(month: OwnDatabase, chunk: int) -> None:
    wanted = quiet_result(month)
    assert finished(worker(month.url, "close", MONTH, "die", str(chunk))) == -9
    assert AccountClosing.objects.filter(period="2026-11-01").count() == (chunk - 1) * 10
    assert finished(worker(month.url, "close", MONTH)) == 0
    assert content() == wanted


def test_the_control_loses_charges_without_a_transaction(month: OwnDatabase) -> None:
    wanted = quiet_result(month)
    assert finished(worker(month.url, "close", MONTH, "die", "4", "unguarded")) == -9
    assert finished(worker(month.url, "close", MONTH)) == 0
    assert content() != wanted


def test_two_closings_at_once_have_one_effect(month: OwnDatabase) -> None:
    wanted = quiet_result(month)
    both = [worker(month.url, "close", MONTH) for _ in range(2)]
    assert [finished(process) for process in both] == [0, 0]
    assert content() == wanted


def test_readings_come_in_while_the_month_is_closed(month: OwnDatabase) -> None:
    meters = list(Meter.objects.order_by("pk").values_list("pk", flat=True)[:4])
    before = Reading.objects.count()
    connection.close()
    writers = [worker(month.url, "read", str(meter), "8") for meter in meters]
    closing = worker(month.url, "close", MONTH)
    assert [finished(process) for process in [*writers, closing]] == [0] * 5
    assert Reading.objects.count() == before + 4 * 8
    assert list(problems()) == []
