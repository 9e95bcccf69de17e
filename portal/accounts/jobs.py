"""django-q2 entry points."""

from portal.accounts.services import housekeeping, recovery
from portal.core import clock


def answer_recoveries() -> int:
    """Answer what was asked at «Забыли пароль»."""
    return recovery.answer_all()


def sweep() -> str:
    """Drop what has had its time: pauses, applications sent ahead, spent downloads, dead sessions."""
    return housekeeping.sweep(moment=clock.real_now(), today=clock.today())
