"""The history of notices as a file."""

from django.utils.translation import gettext_lazy as _

from portal.core.exports import Column
from portal.core.masking import masked_address, masked_addresses
from portal.notifications.models import Message

MESSAGES: list[Column[Message]] = [
    Column(_("When"), lambda one: one.created_at),
    Column(_("Kind"), lambda one: one.kind_name),
    Column(_("Channel"), lambda one: str(one.get_channel_display())),
    Column(_("Recipient"), lambda one: one.user.username if one.user else ""),
    Column(_("Address"), lambda one: masked_address(one.address)),
    Column(_("Subject"), lambda one: one.subject),
    Column(_("State"), lambda one: str(one.get_state_display())),
    Column(_("Sent"), lambda one: one.sent_at),
    Column(_("Last error"), lambda one: masked_addresses(one.error)),
]
