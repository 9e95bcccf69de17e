"""One page for everything that costs money or cannot be undone: what, how much, when, what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Confirmation page of an action: facts (term, value), consequences, the button's words, where it posts."""

    heading: str
    button: str
    back_url: str
    back_title: str
    consequences: Sequence[str]
    facts: Sequence[tuple[str, str]] = ()
    action_url: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict)


def confirmation_page(request: HttpRequest, question: Confirmation) -> HttpResponse:
    """The page with the two ways out."""
    context = {name: getattr(question, name) for name in Confirmation.__slots__}
    return render(request, "cabinet/confirm.html", context | {"action_url": question.action_url or request.path})
