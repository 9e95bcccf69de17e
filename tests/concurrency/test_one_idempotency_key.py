"""Twelve requests with one Idempotency-Key at once: the work is done once, everybody hears the same or «in use»."""

import threading
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from portal.accounts.models import ApiKey
from portal.accounts.services.api_keys import make_key
from portal.api import idempotency
from portal.api.idempotency import REPLAYED, Answer, answer_once
from portal.api.models import IdempotentAnswer
from portal.api.problems import Problem
from portal.core import clock
from tests.concurrency.test_pay_twenty_times import at_once
from tests.people import make_login

MANY = 12


class Work:
    """What a request does; counts how often, under a lock."""

    def __init__(self) -> None:
        self.done = 0
        self.lock = threading.Lock()

    def __call__(self) -> Answer:
        with self.lock:
            self.done += 1
        return Answer(200, {"accepted": True})


def send(api_key: ApiKey, work: Work) -> HttpResponse:
    request: Any = RequestFactory().post("/api/v1/readings/", b'{"value": "141.455"}', content_type="application/json")
    request.api_key = api_key
    return answer_once(request, key="morning", run=work)


def test_the_work_is_done_once(own_database: object) -> None:
    api_key, _secret = make_key(user=make_login("anna"), name="дом", moment=clock.real_now())
    work = Work()
    results = at_once(lambda _n: send(api_key, work), MANY)
    assert work.done == 1
    answers = [result for result in results if isinstance(result, HttpResponse)]
    refused = [result for result in results if isinstance(result, Problem)]
    assert len(answers) + len(refused) == MANY, results
    assert {problem.code for problem in refused} <= {"idempotency_key_in_use"}
    assert sum(REPLAYED not in answer for answer in answers) == 1
    assert len({answer.content for answer in answers}) == 1
    assert IdempotentAnswer.objects.get().status == 200


def test_the_control_without_the_claim_it_is_done_each_time(
    own_database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    api_key, _secret = make_key(user=make_login("anna"), name="дом", moment=clock.real_now())
    monkeypatch.setattr(idempotency, "_claim", lambda *_asked: (IdempotentAnswer(), True))
    work = Work()
    at_once(lambda _n: send(api_key, work), MANY)
    assert work.done == MANY
