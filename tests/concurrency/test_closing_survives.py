"""FAULTS 1: a closing that is killed, started twice or disturbed by readings gives the result of an undisturbed run."""

import pytest
from django.db import connection

from portal.billing.models import AccountClosing
from portal.metering.models import Meter, Reading
from portal.operations.ledger_check import problems
from tests.concurrency.closing_worker import close, close_unguarded, read
from tests.concurrency.closings import MONTH, content
from tests.conftest import OwnDatabase
from tests.processes import TestProcess


@pytest.mark.parametrize("chunk", [1, 4, 6])
def test_killed_and_started_again(month: OwnDatabase, quiet_content: str, chunk: int) -> None:
    assert TestProcess(close, MONTH, chunk, database=month.name).finished() == -9
    assert AccountClosing.objects.filter(period="2026-11-01").count() == (chunk - 1) * 10
    assert TestProcess(close, MONTH, database=month.name).finished() == 0
    assert content() == quiet_content


def test_the_control_loses_charges_without_a_transaction(month: OwnDatabase, quiet_content: str) -> None:
    assert TestProcess(close_unguarded, MONTH, 4, database=month.name).finished() == -9
    assert TestProcess(close, MONTH, database=month.name).finished() == 0
    assert content() != quiet_content


def test_two_closings_at_once_have_one_effect(month: OwnDatabase, quiet_content: str) -> None:
    both = [TestProcess(close, MONTH, database=month.name) for _ in range(2)]
    assert [process.finished() for process in both] == [0, 0]
    assert content() == quiet_content


def test_readings_come_in_while_the_month_is_closed(month: OwnDatabase) -> None:
    meters = list(Meter.objects.order_by("pk").values_list("pk", flat=True)[:4])
    before = Reading.objects.count()
    connection.close()
    writers = [TestProcess(read, meter, 8, database=month.name) for meter in meters]
    closing = TestProcess(close, MONTH, database=month.name)
    assert [process.finished() for process in [*writers, closing]] == [0] * 5
    assert Reading.objects.count() == before + 4 * 8
    assert list(problems()) == []
