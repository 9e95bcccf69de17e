"""Working-day calendars that are known: years, and days off that the law and the government moved."""

import datetime as dt

from django.db import migrations

YEARS = {
    2024: ("Постановление Правительства РФ от 10.08.2023 № 1314", {
        "2024-04-27": True, "2024-04-29": False, "2024-04-30": False, "2024-05-10": False, "2024-11-02": True,
        "2024-12-28": True, "2024-12-30": False, "2024-12-31": False,
    }),
    2025: ("Постановление Правительства РФ от 04.10.2024 № 1335", {
        "2025-05-02": False, "2025-05-08": False, "2025-06-13": False, "2025-11-01": True, "2025-11-03": False,
        "2025-12-31": False,
    }),
    2026: ("Постановление Правительства РФ от 24.09.2025 № 1466", {
        "2026-01-09": False, "2026-03-09": False, "2026-05-11": False, "2026-12-31": False,
    }),
    2027: ("Статья 112 ТК", {
        "2027-05-03": False, "2027-05-10": False, "2027-06-14": False,
    }),
}


def fill(apps, schema_editor):
    year_model = apps.get_model("billing", "WorkdayYear")
    day_model = apps.get_model("billing", "WorkdayException")
    for year, (source, days) in YEARS.items():
        year_model.objects.create(year=year, source=source, by_decree=year < 2027)
        day_model.objects.bulk_create(
            day_model(day=dt.date.fromisoformat(day), working=working) for day, working in days.items()
        )
    # They stood before any closing, whenever the migration runs: a closing that counted by them has used them.
    entered = dt.datetime(2023, 12, 1, tzinfo=dt.UTC)
    year_model.objects.update(created_at=entered)
    day_model.objects.update(created_at=entered)


def empty(apps, schema_editor):
    apps.get_model("billing", "WorkdayException").objects.all().delete()
    apps.get_model("billing", "WorkdayYear").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunPython(fill, empty)]
