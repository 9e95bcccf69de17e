"""What a control of a template is called, some form or view reads: a renamed field leaves no control behind."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
CONTROL = re.compile(r"""<(?:button|input|select|textarea)\b[^>]*?\sname=["']([\w-]+)["']""")
UNREAD = {"send"}
"""The button of an application that is not for printing: the view asks for the other one."""


def names_of(source: str) -> Iterator[str]:
    """Strings of a module, and the attributes of its classes: fields of forms are among them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        if isinstance(node, ast.ClassDef):
            assigned = [part for part in node.body if isinstance(part, ast.Assign)]
            yield from (target.id for part in assigned for target in part.targets if isinstance(target, ast.Name))


def test_every_control_of_a_template_is_read() -> None:
    modules = [path for folder in ("portal", "cms_pages") for path in (ROOT / folder).rglob("*.py")]
    read = {name for path in modules for name in names_of(path.read_text())} | UNREAD
    controls = {
        (name, str(path.relative_to(ROOT)))
        for path in (ROOT / "templates").rglob("*.html")
        for name in CONTROL.findall(path.read_text())
    }
    assert len(controls) > 100
    assert {control for control in controls if control[0] not in read} == set()
