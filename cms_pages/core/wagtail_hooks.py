"""What moves under the public pages without a page being saved."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import Page

from portal.core import freshness


@hooks.register("after_move_page")
def forget_kept_pages(request: HttpRequest, page: Page) -> None:
    """A moved page changes lists and menus that name it."""
    freshness.touch()


@hooks.register("after_bulk_action")
def forget_after_bulk(request: HttpRequest, action_type: str, objects: list[Any], action_class_instance: Any) -> None:
    """Several pages moved, published or deleted at once."""
    freshness.touch()
