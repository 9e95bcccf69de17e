"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): one request is done once, its answer repeated for a day.

Moments are real time.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.utils import timezone

from portal.accounts.models import ApiKey
from portal.api.auth import ApiRequest
from portal.api.models import IdempotentAnswer
from portal.api.problems import MEDIA_TYPE, Problem

RETENTION = dt.timedelta(hours=24)
LEASE = dt.timedelta(seconds=60)
"""How long a request may take: one that was begun earlier and has no answer was cut off, and may be done again."""
REPLAYED = "Idempotency-Replayed"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON of an answer that is final: done, or refused."""

    status: int
    content: Any

    @classmethod
    def of(cls, response: JsonResponse) -> "Answer":
        """The same as an answer that is ready."""
        return cls(response.status_code, json.loads(response.content))

    def response(self) -> HttpResponse:
        """The answer as it is sent."""
        kind = "application/json" if self.status < 400 else MEDIA_TYPE
        return JsonResponse(
            self.content, status=self.status, safe=False, content_type=kind, json_dumps_params={"ensure_ascii": False}
        )


def answer_once(request: ApiRequest, *, key: str, run: Callable[[], Answer]) -> HttpResponse:
    """Run a request with this Idempotency-Key once; a repeat within a day gets the same answer.

    Raises Problem: idempotency_key_reused (other body), idempotency_key_in_use (the first one is not answered yet).
    What `run` raises is not stored: the request may be sent again.
    """
    now = timezone.now()
    digest = _digest(request.method or "", request.path, key)
    body_digest = hashlib.sha256(request.body).hexdigest()
    row, is_new = _claim(request.api_key, digest, body_digest, now)
    if not is_new:
        if row.body_digest != body_digest:
            raise Problem("idempotency_key_reused")
        if row.status is not None:
            response = Answer(row.status, row.content).response()
            response[REPLAYED] = "true"
            return response
        if not _take_over(row, now):
            raise Problem("idempotency_key_in_use", headers={"Retry-After": "5"})
    try:
        answer = run()
    except BaseException:
        IdempotentAnswer.objects.filter(pk=row.pk, status=None).delete()
        raise
    content = json.loads(json.dumps(answer.content))
    IdempotentAnswer.objects.filter(pk=row.pk).update(status=answer.status, content=content)
    return answer.response()


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _claim(api_key: ApiKey, digest: str, body_digest: str, now: dt.datetime) -> tuple[IdempotentAnswer, bool]:
    """The row of a request, and whether this request made it; an answer older than a day is forgotten first."""
    rows = IdempotentAnswer.objects.filter(api_key=api_key, digest=digest)
    rows.filter(claimed_at__lte=now - RETENTION).delete()
    with transaction.atomic():
        return IdempotentAnswer.objects.get_or_create(
            api_key=api_key, digest=digest, defaults={"body_digest": body_digest, "claimed_at": now}
        )


def _take_over(row: IdempotentAnswer, now: dt.datetime) -> bool:
    """Whether a request that was cut off is ours to do again: exact under parallel requests."""
    cut_off = IdempotentAnswer.objects.filter(pk=row.pk, status=None, claimed_at__lt=now - LEASE)
    return bool(cut_off.update(claimed_at=now))


def sweep(*, moment: dt.datetime) -> int:
    """Delete answers older than a day; returns how many."""
    return IdempotentAnswer.objects.filter(claimed_at__lte=moment - RETENTION).delete()[0]
