"""The history of notices as a file."""

from django.utils.translation import gettext_lazy as _

from portal.core.exports import ExportColumn
from portal.core.masking import masked_address, masked_addresses
from portal.notifications.models import Message

MESSAGES: list[ExportColumn[Message]] = [
    ExportColumn(_("When"), lambda message: message.created_at),
    ExportColumn(_("Kind"), lambda message: message.kind_name),
    ExportColumn(_("Channel"), lambda message: str(message.get_channel_display())),
    ExportColumn(_("Recipient"), lambda message: message.user.username if message.user else ""),
    ExportColumn(_("Address"), lambda message: masked_address(message.address)),
    ExportColumn(_("Subject"), lambda message: message.subject),
    ExportColumn(_("State"), lambda message: str(message.get_state_display())),
    ExportColumn(_("Sent"), lambda message: message.sent_at),
    ExportColumn(_("Last error"), lambda message: masked_addresses(message.error)),
]
