"""The audit's actions, known to Wagtail's log."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

from portal.accounts.audit import TITLES


@hooks.register("register_log_actions")
def register_actions(registry: LogActionRegistry) -> None:
    """Name our actions."""
    for action, title in TITLES.items():
        registry.register_action(action, title, title)
