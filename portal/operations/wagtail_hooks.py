"""Pages made after `setup_roles` belong to the roles too."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.models import Page

from portal.operations import roles


@hooks.register("after_create_page")
@hooks.register("after_copy_page")
def give_to_roles(request: HttpRequest, page: Page, *copies: Any) -> None:
    """A new page of a type that a role keeps, or a branch with such a page in it, is given to the role."""
    roles.set_page_rights()
