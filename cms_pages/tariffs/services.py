"""Publishing a tariff hands its rates to billing; a refusal is told in words and nothing is published."""

from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Revision

from cms_pages.core.models import PublishingRules
from cms_pages.tariffs.exceptions import ApprovalMissing, TariffRefused
from cms_pages.tariffs.models import MAY_ADOPT, TariffPage
from portal.accounts.enums import Service
from portal.billing.exceptions import RateAlreadyBilled, RateNotPositive
from portal.billing.models import Rate
from portal.billing.services.rates import AdoptedRates, NewRate, adopt_rates
from portal.core.formatting import date_text, money_text


def source_words(page: TariffPage) -> str:
    """How a rate names its decision: «Комитет по тарифам, № 298-Р от 17 декабря 2025»."""
    return f"{page.regulator}, № {page.order_number} от {date_text(page.order_date, year=True)}"[:250]


def may_adopt(user: AbstractBaseUser | AnonymousUser | None) -> bool:
    """Whether the rules let this person publish a tariff (nobody: a scheduled publication, approved before)."""
    if user is None or not PublishingRules.load().tariffs_need_accountant:
        return True
    return isinstance(user, PermissionsMixin) and user.has_perm(MAY_ADOPT)


def require_approval(user: AbstractBaseUser | None) -> None:
    """Raise ApprovalMissing when the rules want an accountant to publish."""
    if not may_adopt(user):
        raise ApprovalMissing


def _refusal(error: RateAlreadyBilled | RateNotPositive) -> TariffRefused:
    service = Service(error.service).label
    if isinstance(error, RateNotPositive):
        return TariffRefused(_("%(service)s: a price must be above zero.") % {"service": service})
    return TariffRefused(
        _(
            "%(service)s from %(since)s: everything until %(until)s is billed already, so this rate would change what"
            " residents were charged. Publish a decision with a later date."
        )
        % {
            "service": service,
            "since": date_text(error.valid_from, year=True),
            "until": date_text(error.billed_until, year=True),
        }
    )


def check_rates(rates: Sequence[NewRate]) -> None:
    """Raise TariffRefused when billing would refuse these rates; changes nothing."""
    with transaction.atomic():
        try:
            adopt_rates(rates=rates, source="check")
        except (RateAlreadyBilled, RateNotPositive) as error:
            raise _refusal(error) from error
        finally:
            transaction.set_rollback(True)


def rates_of(page: TariffPage) -> list[NewRate]:
    """The rates of a page as billing takes them."""
    return [
        NewRate(service=Service(rate.service), valid_from=rate.valid_from, price=rate.price)
        for rate in page.rates.all()
    ]


def adopt_page(*, page: TariffPage, revision: Revision) -> AdoptedRates:
    """Adopt the rates of a tariff page. Raises TariffRefused with words for the editor."""
    try:
        return adopt_rates(rates=rates_of(page), source=source_words(page), page_id=page.pk, revision_id=revision.pk)
    except (RateAlreadyBilled, RateNotPositive) as error:
        raise _refusal(error) from error


def adopted_words(page: TariffPage) -> str:
    """What billing holds by this decision, for the editor who has just published it."""
    standing = Rate.objects.filter(page_id=page.pk, withdrawn_at=None).order_by("valid_from", "service")
    lines = [
        _("%(service)s %(price)s from %(since)s")
        % {
            "service": rate.get_service_display(),
            "price": money_text(rate.price),
            "since": date_text(rate.valid_from, year=True),
        }
        for rate in standing
    ]
    if not lines:
        return _("These rates are in force already by another decision: nothing changed for billing.")
    return _("Billing counts by this decision: %(rates)s.") % {"rates": "; ".join(lines)}
