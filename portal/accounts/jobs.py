"""django-q2 entry points."""

from portal.accounts.enums import ThrottleScope
from portal.accounts.services import api_keys, guessing, housekeeping, recovery
from portal.core import clock


def answer_recoveries() -> int:
    """Answer what was asked at «Забыли пароль»."""
    return recovery.answer_all()


def notify_owner_of_guessing(user_id: int, scope: str) -> int:
    """Tell the owner of a login that its passwords or codes are being guessed."""
    return guessing.notify_owner(user_id=user_id, scope=ThrottleScope(scope), moment=clock.now())


def sweep() -> str:
    """Drop what has had its time: pauses, applications sent ahead, spent downloads, dead sessions."""
    return housekeeping.sweep(moment=clock.real_now(), today=clock.today())


def notify_of_ending_keys() -> int:
    """Write to the owners of API keys that end within a week."""
    return api_keys.notify_of_ending_keys(moment=clock.real_now())
