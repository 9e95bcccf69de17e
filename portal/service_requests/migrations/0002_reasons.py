"""The reasons of a refusal that every company starts with; the engineer changes them in the admin."""

from django.db import migrations

REASONS = (
    ("Номер счётчика не совпадает с паспортом", "Покажите паспорт именно этого счётчика и подайте заявку снова."),
    ("Нарушена схема монтажа", "Попросите монтажную организацию исправить монтаж по паспорту прибора."),
    ("Счётчик не работает", "Замените счётчик по гарантии и подайте заявку снова."),
    ("Повреждён корпус или пломба завода", "Замените счётчик: с повреждением он к учёту не допускается."),
    ("Срок поверки истёк", "Поверьте счётчик и приложите свидетельство к новой заявке."),
    ("Нет доступа к счётчику", "Освободите доступ к прибору и трубе и выберите новое время."),
)


def fill(apps, schema_editor):
    reason = apps.get_model("service_requests", "RefusalReason")
    reason.objects.bulk_create(reason(text=text, advice=advice) for text, advice in REASONS)


def empty(apps, schema_editor):
    apps.get_model("service_requests", "RefusalReason").objects.filter(text__in=[text for text, _ in REASONS]).delete()


class Migration(migrations.Migration):
    dependencies = [("service_requests", "0001_initial")]
    operations = [migrations.RunPython(fill, empty)]
