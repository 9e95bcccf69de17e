"""Hooks on admin actions that change public pages past a page's `save`."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import Page

from portal.core import cache_version


@hooks.register("after_move_page")
@hooks.register("after_delete_page")
@hooks.register("after_unpublish_page")
def forget_cached_pages(request: HttpRequest, page: Page) -> None:
    """Lists and menus name the page no more, or at another address."""
    cache_version.bump()


@hooks.register("after_bulk_action")
def forget_after_bulk(request: HttpRequest, action_type: str, objects: list[Any], action_class_instance: Any) -> None:
    """Several pages moved, published or deleted at once."""
    cache_version.bump()
