"""What residents ask of the company."""

from portal.service_requests.support.models import SupportMessage, SupportQuestion

__all__ = ["SupportMessage", "SupportQuestion"]
