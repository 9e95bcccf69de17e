"""From stored reasons to sentences. Nothing is computed anew here: every number is the one that was used."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from portal.accounts.enums import Service
from portal.billing.calculation.explanations import Penalties, Reduction
from portal.billing.enums import ChargeKind
from portal.billing.explain.money import outage, penalty, priced
from portal.billing.explain.texts import day_text, decimal_text, litres_text, price_text
from portal.billing.explain.volumes import volume
from portal.billing.models import Charge
from portal.core.formatting import month_name

__all__ = ["day_text", "decimal_text", "litres_text", "price_text", "sentences", "title"]


def sentences(charge: Charge) -> list[str]:
    """Why a line is what it is, in order: the basis, the volume, the rate, the sum."""
    why = charge.why
    if isinstance(why, Penalties):
        return penalty(why, charge.amount)
    if isinstance(why, Reduction):
        return outage(why)
    return [*volume(charge, why), *priced(charge, why.part)]


def title(charge: Charge) -> str:
    """Return what a line is called: «Холодное водоснабжение», «Перерасчёт за июль 2025»."""
    names: dict[str, Callable[[], str]] = {
        ChargeKind.RECALCULATION: lambda: _("Recalculation for %(month)s"),
        ChargeKind.PENALTY: lambda: _("Penalty on the debt for %(month)s"),
        ChargeKind.OUTAGE: lambda: _("Reduction for an outage in %(month)s"),
    }
    service = str(Service(charge.service).label) if charge.service else ""
    if charge.kind not in names:
        return service
    month = f"{month_name(charge.for_period)} {charge.for_period.year}"
    text = names[charge.kind]() % {"month": month}
    return f"{service}: {text[:1].lower()}{text[1:]}" if service else text
