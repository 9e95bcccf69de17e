"""The address tree: streets, houses, premises."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.accounts.enums import PremisesKind, StreetKind

NBSP = "\u00a0"


class Street(models.Model):
    """A street of the supplied settlement."""

    kind = models.CharField(_("Kind"), max_length=12, choices=StreetKind.choices, default=StreetKind.STREET)
    name = models.CharField(pgettext_lazy("portal", "Name"), max_length=100)
    settlement = models.CharField(_("Settlement"), max_length=100, default="Красногорск")

    class Meta:
        verbose_name = _("Street")
        verbose_name_plural = _("Streets")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                "kind",
                "settlement",
                name="accounts_street_once",
                violation_error_message=_("This street already exists."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}{NBSP}{self.name}"


class House(models.Model):
    """A house of a street; `sort_number` is the leading number, so that 2 comes before 10."""

    street = models.ForeignKey(Street, verbose_name=_("Street"), on_delete=models.PROTECT, related_name="houses")
    number = models.CharField(_("House"), max_length=20, help_text=_("As written: 4, 12k2, 7A."))
    sort_number = models.PositiveIntegerField(_("Number for sorting"), default=0, editable=False)
    postcode = models.CharField(_("Postcode"), max_length=6, blank=True)

    class Meta:
        verbose_name = _("House")
        verbose_name_plural = _("Houses")
        ordering = ["street__name", "sort_number", "number"]
        constraints = [
            models.UniqueConstraint(
                "street",
                Lower("number"),
                name="accounts_house_once",
                violation_error_message=_("This house already exists."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.street}, {self.number}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.sort_number = _leading_number(self.number)
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through


class Premises(models.Model):
    """A flat, a house or an office that water is supplied to. A private house has no number within the house."""

    house = models.ForeignKey(House, verbose_name=_("House"), on_delete=models.PROTECT, related_name="premises")
    number = models.CharField(_("Flat"), max_length=20, blank=True)
    sort_number = models.PositiveIntegerField(_("Number for sorting"), default=0, editable=False)
    kind = models.CharField(_("Kind"), max_length=8, choices=PremisesKind.choices, default=PremisesKind.FLAT)
    area = models.DecimalField(_("Area, square metres"), max_digits=8, decimal_places=2, null=True, blank=True)
    meter_feasible = models.BooleanField(
        _("A meter can be mounted"),
        default=True,
        help_text=_("Without a meter the raising coefficient applies (Rules 354, cl. 42)."),
    )

    class Meta:
        verbose_name = _("Premises")
        verbose_name_plural = _("Premises")
        ordering = ["house__street__name", "house__sort_number", "house__number", "sort_number", "number"]
        constraints = [
            models.UniqueConstraint(
                "house",
                Lower("number"),
                name="accounts_premises_once",
                violation_error_message=_("These premises already exist."),
            ),
            models.CheckConstraint(
                name="accounts_premises_area",
                condition=Q(area=None) | Q(area__gt=0),
                violation_error_message=_("The area is not above zero. Leave it empty where it is not known."),
            ),
        ]

    def __str__(self) -> str:
        return self.address

    def save(self, *args: object, **kwargs: object) -> None:
        self.sort_number = _leading_number(self.number)
        super().save(*args, **kwargs)  # type: ignore[arg-type]  # passed through

    @property
    def address(self) -> str:
        """«ул. Речная, 4, кв. 17»; needs house and street loaded."""
        if not self.number:
            return str(self.house)
        word = {PremisesKind.FLAT: "кв.", PremisesKind.OFFICE: "пом."}.get(PremisesKind(self.kind), "")
        return f"{self.house}, {word}{NBSP if word else ''}{self.number}"


def _leading_number(text: str) -> int:
    digits = ""
    for character in text.strip():
        if not character.isascii() or not character.isdigit():
            break
        digits += character
    return int(digits[:9] or 0)
