"""The kinds of notifications of all parts of this app, for the registry."""

from portal.service_requests import engineer_notifications as engineers
from portal.service_requests.commissioning import notifications as commissioning
from portal.service_requests.dispatch import notifications as dispatch
from portal.service_requests.outages import notifications as outages
from portal.service_requests.replacement import notifications as replacement
from portal.service_requests.support import notifications as support

__all__ = ["commissioning", "dispatch", "engineers", "outages", "replacement", "support"]
