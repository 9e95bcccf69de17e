"""Production as it is, with the demo's gateway and a business date that may be moved."""

from config.settings.production import *  # noqa: F403
from config.settings.production import PAYMENT_GATEWAYS, Q_CLUSTER

PORTAL_CLOCK_MAY_MOVE = True
PAYMENT_GATEWAYS = {"demo": "portal.payments.gateways.demo.gateway.DemoGateway", **PAYMENT_GATEWAYS}
PAYMENTS_TAKE_TESTS = True
# A job of a host that died is delivered again after 40 seconds instead of fifteen minutes.
Q_CLUSTER = {**Q_CLUSTER, "timeout": 30, "retry": 40}
# Compressing Wagtail's files takes a minute of two cores, and says nothing about several machines.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["css", "js", "json", "map", "svg", "txt", "html", "xml", "md", "po", "mo", "eot"]
