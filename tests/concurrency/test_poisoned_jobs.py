"""A job that always fails, ends its worker, or never ends is put aside after its attempts; other jobs go on.

A real cluster works the queue. The control is django-q2's own broker: what ends its worker comes again for ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core import mail
from django.utils import timezone
from django_q.models import Failure, OrmQ
from django_q.tasks import async_task

from portal.core.broker import NO_ANSWER
from portal.notifications.services import send_due
from portal.operations import roles
from portal.operations.failed_jobs import notify_failures
from tests.concurrency import poisoned_worker
from tests.concurrency.poisoned_worker import ATTEMPTS
from tests.concurrency.test_the_cluster_is_killed import wait_until
from tests.conftest import OwnDatabase
from tests.people import make_employee
from tests.processes import TestProcess

OURS, PLAIN = "portal.core.broker.DatabaseBroker", "django_q.brokers.orm.ORM"
JOBS = "tests.concurrency.poisoned_worker"


@contextmanager
def cluster(database: OwnDatabase, broker: str) -> Iterator[None]:
    """A cluster with one of the brokers; at the end it is killed."""
    process = TestProcess(poisoned_worker.cluster, broker, database=database.name, group=True)
    try:
        yield
    finally:
        process.kill()


def times(seen: Path) -> int:
    """How often the job that ends its worker was taken."""
    return len(seen.read_text().splitlines()) if seen.exists() else 0


def test_poisoned_jobs_are_put_aside_and_others_go_on(own_database: OwnDatabase, tmp_path: Path) -> None:
    roles.setup()
    make_employee("manager")
    seen = tmp_path / "seen"
    async_task(f"{JOBS}.ends_its_process", str(seen))
    async_task(f"{JOBS}.raises")
    async_task(f"{JOBS}.never_ends", timeout=1)
    for number in range(3):
        async_task(f"{JOBS}.write", str(tmp_path / f"done-{number}"))
    with cluster(own_database, OURS):
        wait_until(lambda: not OrmQ.objects.exists())
    assert all((tmp_path / f"done-{number}").exists() for number in range(3))
    assert 1 <= times(seen) <= ATTEMPTS  # less on a machine so slow that a job comes again before it was taken
    failed = {row.func.rpartition(".")[2]: row for row in Failure.objects.all()}
    assert set(failed) == {"ends_its_process", "raises", "never_ends"}
    assert all(row.attempt_count >= ATTEMPTS for row in failed.values())
    assert failed["ends_its_process"].result == NO_ANSWER
    assert notify_failures(now=timezone.now()) > 0
    send_due()
    texts = "\n".join(str(letter.body) for letter in mail.outbox)
    assert NO_ANSWER in texts
    assert "the same error each time" in texts


def test_the_control_the_plain_broker_hands_it_out_for_ever(own_database: OwnDatabase, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    async_task(f"{JOBS}.ends_its_process", str(seen))
    with cluster(own_database, PLAIN):
        wait_until(lambda: times(seen) > ATTEMPTS)
    assert OrmQ.objects.count() == 1
    assert not Failure.objects.exists()
