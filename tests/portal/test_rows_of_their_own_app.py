"""No app creates rows of another app's model: their rules stand in the services of the app that owns them."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.apps import apps
from django.conf import settings

CREATE = {"create", "bulk_create", "get_or_create", "update_or_create", "acreate", "abulk_create", "aget_or_create"}
EXCEPTED = {
    "portal/operations/demo": "the demo's past is made in bulk, as it would have become",
    "portal/operations/cases": "worked examples set up accounts that no screen could enter",
    "portal/operations/generation.py": "benchmarks need many accounts at once",
    "cms_pages/bootstrap.py": "the first pages of an empty site, one of each type",
}
"""Files and folders that may, with the reason."""


def app_of(module: str) -> str:
    """The app that a module belongs to: `portal.metering` for `portal.metering.models`."""
    return ".".join(module.split(".")[:2])


def models_by_app() -> dict[tuple[str, str], str]:
    """App and name of every model of ours."""
    ours = (model for model in apps.get_models() if model.__module__.startswith(("portal.", "cms_pages.")))
    return {(app_of(model.__module__), model.__name__): model.__module__ for model in ours}


def foreign_models(tree: ast.Module, app: str) -> dict[str, str]:
    """Names in a module that mean a model of another app, with the model's own name."""
    known = models_by_app()
    return {
        alias.asname or alias.name: f"{app_of(node.module)}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module is not None and app_of(node.module) != app
        for alias in node.names
        if (app_of(node.module), alias.name) in known
    }


def root_name(node: ast.expr) -> str:
    """The name that a chain of attributes and calls begins with: `Meter` of `Meter.objects.active().create`."""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def created(tree: ast.Module, foreign: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Lines that create rows of such models: by a manager, or by making an instance (to be saved here or handed on)."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        made = bool(node.args or node.keywords)  # without values it stands for defaults and is not saved
        if isinstance(node.func, ast.Name) and node.func.id in foreign and made:
            yield node.lineno, foreign[node.func.id]
        elif isinstance(node.func, ast.Attribute) and node.func.attr in CREATE and root_name(node.func) in foreign:
            yield node.lineno, foreign[root_name(node.func)]


def violations(path: Path, root: Path) -> list[str]:
    module = ".".join(path.relative_to(root).with_suffix("").parts)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        f"{path.relative_to(root)}:{line} creates {model}"
        for line, model in created(tree, foreign_models(tree, app_of(module)))
    ]


def test_no_app_creates_rows_of_another() -> None:
    root = Path(settings.ROOT)
    offences = [
        violation
        for package in ("portal", "cms_pages")
        for path in sorted((root / package).rglob("*.py"))
        if "migrations" not in path.parts and not path.relative_to(root).as_posix().startswith(tuple(EXCEPTED))
        for violation in violations(path, root)
    ]
    assert offences == []


def test_the_walk_sees_a_violation() -> None:
    tree = ast.parse(
        "from portal.metering.models import Meter as M, Reading\n"
        "M.objects.select_related().create()\n"
        "Reading(value=1).save()\n"
        "M.objects.filter().update()\n"
    )
    offences = list(created(tree, foreign_models(tree, "portal.office")))
    assert offences == [(2, "portal.metering.Meter"), (3, "portal.metering.Reading")]
    assert list(created(tree, foreign_models(tree, "portal.metering"))) == []
