"""Tags of request pages: minutes, the banner for whoever has no water now or soon."""

import datetime as dt
from collections.abc import Iterable

from django import template
from django.template.defaultfilters import capfirst
from django.utils.translation import gettext as _

from portal.accounts.models import Account
from portal.core import clock
from portal.core.formatting import date_text, moment_text, time_text
from portal.core.sections import OUTAGES
from portal.service_requests.outages.models import Outage
from portal.service_requests.outages.selectors import banner_for, houses_of

register = template.Library()


@register.filter
def span(minutes: int) -> str:
    """«42 мин», «12 ч 34 мин», «3 дн. 2 ч»: minutes as people read a clock."""
    hours, minutes_left = divmod(abs(minutes), 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours and minutes_left:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes_left}
    if hours:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(minutes)d min") % {"minutes": minutes_left}


@register.inclusion_tag("outages/banner.html", takes_context=True)
def outage_banner(context: template.Context, accounts: Iterable[Account] | None = None) -> dict[str, object]:
    """Return what is off at the houses of the accounts, or else of the login of this page (then one query)."""
    user, now = getattr(context.get("request"), "user", None), clock.now()
    if accounts:
        houses = {account.premises.house_id for account in accounts}
    else:
        houses = houses_of(user) if user is not None else set()
    outages = banner_for(houses, now) if houses else []
    return {"outages": [(outage, _title(outage, now)) for outage in outages[:2]], "url": OUTAGES.url}


def _title(outage: Outage, now: dt.datetime) -> str:
    services = ", ".join(name.lower() for name in outage.service_names())
    starts, ends = outage.starts_at, outage.ends_at
    if starts > now:
        end = time_text(ends) if date_text(starts) == date_text(ends) else moment_text(ends)
        message = _("%(start)s to %(end)s off: %(services)s")
        return capfirst(message % {"start": moment_text(starts), "end": end, "services": services})
    if ends > now:
        return _("Off now: %(services)s, until %(end)s") % {"services": services, "end": moment_text(ends)}
    return _("Off now: %(services)s. We promised %(end)s and are still working") % {
        "services": services,
        "end": moment_text(ends),
    }
