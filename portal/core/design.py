"""The sheet of components at /design/, for staff and those who build pages."""

import datetime as dt
from decimal import Decimal

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.core.charts import Bar, BarChart
from portal.core.formatting import MONTHS_SHORT
from portal.core.step_charts import PriceStep, StepChart, StepSeries

COLOURS = [
    "paper",
    "surface",
    "sunk",
    "ink",
    "muted",
    "line",
    "control",
    "accent",
    "accent-hover",
    "soft",
    "on-soft",
    "water",
    "water-now",
    "deep",
    "deep-2",
    "ok",
    "ok-soft",
    "warn",
    "warn-soft",
    "danger",
    "danger-soft",
    "focus",
]
THIS_YEAR = ["6.9", "7.4", "6.8", "6.1", "6.6", "6.2", "5.4", "4.9", "4.1", "5.0", "6.0", "6.335"]
LAST_YEAR = ["7.3", "7.9", "7.6", "6.9", "7.0", "6.8", "6.1", "5.2", "4.4", "5.6", "6.7", "6.9"]


class SheetForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(label="Имя", help_text="Как в договоре.")
    account = forms.CharField(label="Лицевой счёт")
    kind = forms.ChoiceField(label="Что случилось", choices=[("leak", "Течёт"), ("none", "Нет воды")])
    way = forms.ChoiceField(
        label="Как ответить", choices=[("mail", "Письмом"), ("phone", "По телефону")], widget=forms.RadioSelect
    )
    text = forms.CharField(label="Текст", widget=forms.Textarea, required=False)
    photo = forms.FileField(label="Фотография", required=False, help_text="JPEG или PDF до 10 МБ.")
    agree = forms.BooleanField(label="Запомнить меня на этом компьютере", required=False)

    def clean_account(self) -> str:
        raise forms.ValidationError("Нужно 7 цифр, у вас 6. Номер есть на квитанции слева вверху.")


def sample_bars() -> BarChart:
    """A year of consumption."""
    months = [*range(11, 13), *range(1, 11)]
    bars = [
        Bar(MONTHS_SHORT[m - 1], MONTHS_SHORT[m - 1], Decimal(now), Decimal(before), estimated=m == 3)
        for m, now, before in zip(months, THIS_YEAR, LAST_YEAR, strict=True)
    ]
    summary = "Октябрь: 6,335 м³ — на 0,565 м³ меньше, чем год назад"
    return BarChart(
        bars,
        "м³",
        summary,
        Decimal("8.4"),
        "норматив 8,4 м³",
        "норматив на двоих",
        value_label="в этом году",
        tick_label="год назад",
    )


def sample_steps() -> StepChart:
    """Four years of prices."""
    days = [dt.date(2022, 12, 1), dt.date(2024, 7, 1), dt.date(2025, 7, 1), dt.date(2026, 1, 1), dt.date(2026, 10, 1)]
    cold = ["48.10", "52.86", "58.95", "59.93", "64.84"]
    waste = ["54.35", "59.90", "66.87", "67.98", "73.82"]
    series = [
        StepSeries("Холодная вода", [PriceStep(d, Decimal(v)) for d, v in zip(days, cold, strict=True)]),
        StepSeries("Водоотведение", [PriceStep(d, Decimal(v)) for d, v in zip(days, waste, strict=True)]),
    ]
    return StepChart(series, dt.date(2026, 11, 15), "Тарифы с 2022 года")


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """Every component with what it is for; to others than staff it does not exist, except while DEBUG is on."""
    if not (settings.DEBUG or request.user.has_perm("wagtailadmin.access_admin")):
        raise Http404
    form = SheetForm({"name": "Анна", "account": "001000", "kind": "leak", "way": "mail"})
    return render(
        request,
        "design/sheet.html",
        {
            "colours": COLOURS,
            "form": form,
            "bars": sample_bars(),
            "steps": sample_steps(),
            "page": Paginator(range(200), 10).page(7),
            "opens": dt.date(2026, 11, 10),
            "closes": dt.date(2026, 11, 20),
            "today_sample": dt.date(2026, 11, 15),
            "days": [dt.date(2026, 11, 13), dt.date(2026, 11, 16), dt.date(2026, 11, 17)],
            "years": [("", "Все"), ("2026", "2026"), ("2025", "2025")],
        },
    )
