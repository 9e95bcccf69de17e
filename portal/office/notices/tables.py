"""The history of notices as a file."""

from django.utils.translation import gettext_lazy as _

from portal.core.exports import Column
from portal.core.masking import masked_address, masked_addresses
from portal.notifications.models import Message

MESSAGES: list[Column[Message]] = [
    Column(_("When"), lambda message: message.created_at),
    Column(_("Kind"), lambda message: message.kind_name),
    Column(_("Channel"), lambda message: str(message.get_channel_display())),
    Column(_("Recipient"), lambda message: message.user.username if message.user else ""),
    Column(_("Address"), lambda message: masked_address(message.address)),
    Column(_("Subject"), lambda message: message.subject),
    Column(_("State"), lambda message: str(message.get_state_display())),
    Column(_("Sent"), lambda message: message.sent_at),
    Column(_("Last error"), lambda message: masked_addresses(message.error)),
]
