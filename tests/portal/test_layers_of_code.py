"""Conventions that a tool can check in the syntax trees: no queries in views, one way to answer files."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOWNLOADS = "portal/core/files/downloads.py"
READS_THE_HEADER = "portal/core/middleware.py"
MANAGERS = {"objects", "_default_manager", "_base_manager"}
QUERIES = {
    *("filter", "exclude", "annotate", "aggregate", "values_list", "in_bulk"),
    *("get_or_create", "update_or_create", "bulk_create", "bulk_update"),
}
MAY_QUERY = {
    "portal/office/users/viewsets.py": "Wagtail's list of users asks its view for the queryset and for its filters",
}
"""Modules of views that query all the same, each with its reason."""
MAY_REPEAT = {
    "Command": "Django loads a management command by this name",
    "SessionStore": "Django loads the store of a session engine by this name",
}
"""Names of classes that a framework prescribes, each with its reason."""


def sources(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    """Paths below the repository and syntax trees of the packages' modules, migrations left out."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def test_files_are_answered_by_as_download_alone() -> None:
    """A name in a header built by hand is not escaped, and lacks the headers of a download."""
    offences = [
        f"{path}:{node.lineno}"
        for path, tree in sources("portal", "cms_pages", "site")
        if path not in {DOWNLOADS, READS_THE_HEADER}
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "Content-Disposition"
    ]
    assert offences == []


def is_view(path: str) -> bool:
    """Whether a module answers requests or registers with Wagtail: views, in a module or a package, and hooks."""
    *folders, name = path.split("/")
    named = name.startswith("views") or name.endswith(("_views.py", "hooks.py"))
    return named or "views" in folders


def queries(tree: ast.Module) -> Iterator[str]:
    """Attributes of managers and querysets that a module names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS | QUERIES:
            yield f"{node.lineno}: {node.attr}"


def test_views_and_hooks_query_nothing() -> None:
    """Queries stand in selectors and services, where they are tested without a request and used by others."""
    offences = [
        f"{path}:{query}"
        for path, tree in sources("portal/office", "portal/cabinet", "portal/api", "cms_pages")
        if is_view(path) and path not in MAY_QUERY
        for query in queries(tree)
    ]
    assert offences == []


def test_the_exceptions_are_needed_still() -> None:
    """An exception that nobody needs any more is taken out of the table."""
    idle = [path for path in MAY_QUERY if not any(queries(ast.parse((ROOT / path).read_text())))]
    assert idle == []


def repeated_classes(modules: Iterable[tuple[str, ast.Module]]) -> dict[str, list[str]]:
    """Paths by the name of a public class of a module, where more than one declares it; nested classes left out."""
    paths = defaultdict(list)
    for path, tree in modules:
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                paths[node.name].append(path)
    return {name: sorted(where) for name, where in paths.items() if len(where) > 1}


def test_a_class_name_belongs_to_one_class() -> None:
    """A search for a class answers with one, and imports need no alias (docs/decisions/117-names.md)."""
    repeated = repeated_classes(sources("portal", "cms_pages"))
    assert {name: where for name, where in repeated.items() if name not in MAY_REPEAT} == {}
    assert MAY_REPEAT.keys() <= repeated.keys(), "an exception that nothing needs any more"


def test_the_control_two_classes_of_a_name_are_found() -> None:
    trees = [(path, ast.parse("class Row: ...\nclass _Row: ...")) for path in ("b.py", "a.py")]
    assert repeated_classes(trees) == {"Row": ["a.py", "b.py"]}
