"""Writing into the book, reviewing what was written, and what its author may say of the answer."""

from cms_pages.complaints.services.authors import FILES, rate, reply, write
from cms_pages.complaints.services.reviewing import (
    PublicWording,
    answer_publicly,
    approve,
    close_privately,
    hand_over,
    note,
    reject,
    return_answer,
    show_before_answer,
    take,
)

__all__ = [
    "FILES",
    "PublicWording",
    "answer_publicly",
    "approve",
    "close_privately",
    "hand_over",
    "note",
    "rate",
    "reject",
    "reply",
    "return_answer",
    "show_before_answer",
    "take",
    "write",
]
