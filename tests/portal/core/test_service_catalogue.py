"""The catalogue of services holds together, and nothing names services beside it."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from portal.accounts.enums import Service
from portal.core.service_catalogue import (
    CATALOGUE,
    KEYS,
    SEWERED,
    ServiceDeclaration,
    VolumeSource,
    find_by_name,
    position,
)

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = ("portal/operations/demo/", "portal/operations/generation.py", "portal/exchange/bank_files/samples.py")
"""Data of examples, which name what they consist of."""


def test_the_enum_has_a_member_for_each_declaration() -> None:
    assert [(member.value, member.label) for member in Service] == [entry.choice for entry in CATALOGUE]


@pytest.mark.parametrize("declaration", CATALOGUE, ids=KEYS)
def test_a_declaration_is_whole(declaration: ServiceDeclaration) -> None:
    sprite = (ROOT / "site/static/icons/sprite.svg").read_text()
    assert re.fullmatch(r"[a-z_]{1,12}", declaration.key)
    assert f'id="{declaration.icon}"' in sprite
    assert not declaration.sewered or declaration.metered, "wastewater is made of what is metered"
    assert not declaration.raised or declaration.metered, "wastewater's norm is never raised (Rules 354, п. 42)"
    assert all(name == name.lower() and "ё" not in name for name in declaration.aliases)


def test_keys_and_names_in_files_are_of_one_service() -> None:
    names = [name for entry in CATALOGUE for name in (entry.short_name.lower(), *entry.aliases)]
    assert len(set(KEYS)) == len(KEYS)
    assert len(set(names)) == len(names)
    assert {find_by_name(name.upper()) for name in names} == set(CATALOGUE)


def test_one_service_takes_what_the_sewered_bring() -> None:
    assert SEWERED
    assert [entry.volume for entry in CATALOGUE].count(VolumeSource.SEWERED) == 1


def test_the_order_of_bills_is_that_of_the_catalogue_and_sums_without_a_service_come_last() -> None:
    assert sorted(["", *reversed(KEYS)], key=position) == [*KEYS, ""]


def test_every_column_of_services_takes_its_choices_from_the_catalogue() -> None:
    columns = [
        field
        for model in apps.get_models()
        for field in model._meta.fields
        if field.name == "service" and "." in model.__module__ and model.__module__.startswith(("portal", "cms_pages"))
    ]
    assert len(columns) > 8
    for field in columns:
        assert tuple(key for key, _ in field.flatchoices) == KEYS, field


def test_no_module_lists_services_of_its_own() -> None:
    """Two keys of services in one module are a second list, which a new service would not enter."""
    literal = re.compile(rf"[\"']({'|'.join(KEYS)})[\"']|Service\.({'|'.join(key.upper() for key in KEYS)})\b")
    lists = []
    for folder in ("portal", "cms_pages"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if "/migrations/" in name or name.startswith(EXAMPLES) or name.endswith("core/service_catalogue.py"):
                continue
            keys = {match[0] or match[1].lower() for match in literal.findall(path.read_text())}
            if len(keys) > 1:
                lists.append(name)
    assert lists == []
