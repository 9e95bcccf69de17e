"""Code metrics as a Markdown table; `make shape` writes them into docs/architecture.md.

Counted: Python of portal, cms_pages and site without migrations; tests beside them; HTML templates. Lines are lines of
the file as the formatter leaves it.

A test file counts for the app of its folder (tests/portal/<app>). It lies beside the app whose screens, commands or
services it drives, not beside the apps whose rows it needs: a test that only asks for addresses of one section of the
office is the office's. What drives several apps or the whole site lies in one of the folders of WHOLE and counts for
none of them.
"""

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE, TESTS = ("portal", "cms_pages", "site"), ("tests",)
LONG_FILE, LONG_FUNCTION = 400, 50
SHORT_BODY = 2
LONG_LINES = (160, 120)
START, END = "<!-- figures: make shape -->", "<!-- end of figures -->"
# Tests of all apps together.
WHOLE = ("concurrency", "constraints", "deploy", "journeys", "security", "worked_examples", "benchmarks")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """A Python file."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    @property
    def package(self) -> str:
        """The app: the first two folders, as a dotted name."""
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts[:2])

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))


def sources(folders: tuple[str, ...]) -> list[Source]:
    """Python files of folders, migrations left out."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [Source(path, path.read_text(encoding="utf-8")) for path in paths if "migrations" not in path.parts]


def mutual_imports(files: list[Source]) -> list[tuple[str, str]]:
    """Pairs of apps that import each other, imports inside functions counted."""
    packages = {file.package for file in files if (ROOT / file.package.replace(".", "/")).is_dir()}
    imports: dict[str, set[str]] = defaultdict(set)
    for file in files:
        for name in _imported_names(file.tree):
            package = ".".join(name.split(".")[:2])
            if package in packages and package != file.package:
                imports[file.package].add(package)
    return sorted(
        (first, other)
        for first in list(imports)
        for other in imports[first]
        if first < other and first in imports.get(other, ())
    )


def _imported_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def private_once(files: list[Source]) -> tuple[int, int, int]:
    """How many private functions are called once and used for nothing else, how many of them are of two statements.

    The third number is that of all functions. One that is passed by name, or that a decorator registers or turns into
    something else (a hook, a receiver, a transaction), could not be written where it is called: it is not counted.
    """
    total = single = short = 0
    for file in files:
        called = Counter(_name(node.func) for node in ast.walk(file.tree) if isinstance(node, ast.Call))
        used = Counter(_name(node) for node in ast.walk(file.tree) if _is_read(node))
        for function in file.functions():
            total += 1
            name = function.name
            if not re.match(r"_[a-z]", name) or function.decorator_list or called[name] != 1 or used[name] != 1:
                continue
            single += 1
            short += len(function.body) - (ast.get_docstring(function) is not None) <= SHORT_BODY
    return single, short, total


def _is_read(node: ast.AST) -> bool:
    return isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)


def refusal_maps(files: list[Source]) -> list[str]:
    """Dicts from exceptions to something else outside of the domains' messages.py."""
    classes = [node for file in files for node in ast.walk(file.tree) if isinstance(node, ast.ClassDef)]
    exceptions = {"Exception", "ValueError"}
    while more := {c.name for c in classes if exceptions & {_name(base) for base in c.bases}} - exceptions:
        exceptions |= more
    exceptions |= {c.name for c in classes if c.name.endswith("Refused")}
    return [
        f"{file.path.relative_to(ROOT)}:{node.lineno}"
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Dict)
        and file.path.name != "messages.py"
        and len(node.keys) > 1
        and all(_name(key) in exceptions for key in node.keys)
    ]


def _name(node: ast.AST | None) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def long_template_lines() -> tuple[int, dict[int, int]]:
    """How many lines templates have, and how many of them are longer than each limit."""
    lines = [len(line) for path in (ROOT / "templates").rglob("*.html") for line in path.read_text().splitlines()]
    return len(lines), {limit: sum(1 for length in lines if length > limit) for limit in LONG_LINES}


def tests_to_code(code: list[Source], tests: list[Source]) -> dict[str, tuple[int, int]]:
    """Lines of tests and lines of code by app; the pages of cms_pages count as one app."""
    code_lines, test_lines = _lines_by_app(code), _lines_by_app(tests)
    return {app: (test_lines[app], lines) for app, lines in sorted(code_lines.items())}


def _lines_by_app(files: list[Source]) -> Counter[str]:
    lines: Counter[str] = Counter()
    for file in files:
        parts = [part for part in file.path.relative_to(ROOT).parts if part != "tests"]
        if len(parts) > 2 and parts[0] == "portal":
            lines[parts[1]] += file.lines
        elif parts[0] == "cms_pages":
            lines["cms_pages"] += file.lines
    return lines


def figures() -> list[tuple[str, str]]:
    """Names and values of all metrics."""
    code, tests = sources(CODE), sources(TESTS)
    lines, longer = long_template_lines()
    single, short, total = private_once(code)
    maps, pairs = refusal_maps(code), mutual_imports(code)
    long_files = [file.path.name for file in code if file.lines > LONG_FILE]
    long_functions = [
        function.name
        for file in code
        for function in file.functions()
        if (function.end_lineno or 0) - function.lineno + 1 > LONG_FUNCTION
    ]
    skips = sum(len(re.findall(r"# fmt: (?:skip|off)", file.text)) for file in [*code, *tests])
    whole = sum(file.lines for file in tests if file.path.relative_to(ROOT).parts[1] in WHOLE)
    code_lines, test_lines = sum(f.lines for f in code), sum(f.lines for f in tests)
    return [
        ("lines of code, of tests", f"{code_lines:,}, {test_lines:,} ({test_lines / code_lines:.2f})"),
        (f"lines of tests of all apps together ({', '.join(WHOLE)})", f"{whole:,}"),
        ("`fmt: skip`", str(skips)),
        *((f"template lines over {n} characters", f"{c} of {lines} ({c / lines:.1%})") for n, c in longer.items()),
        ("pairs of apps that import each other", _count_and_names([" and ".join(pair) for pair in pairs])),
        (
            "private functions called once",
            f"{single} of {total} ({single / total:.0%}), {short} of two statements at most",
        ),
        ("maps of refusals outside messages.py", _count_and_names(maps)),
        (f"files over {LONG_FILE} lines", _count_and_names(long_files)),
        (f"functions over {LONG_FUNCTION} lines", _count_and_names(long_functions)),
        *((f"tests ÷ code: {a}", f"{t / c:.2f} ({t} ÷ {c})") for a, (t, c) in tests_to_code(code, tests).items()),
    ]


def _count_and_names(names: list[str]) -> str:
    return f"{len(names)}: {', '.join(names)}" if names else "0"


def table() -> str:
    """The figures as a Markdown table."""
    return "\n".join(["| figure | now |", "|---|---|", *(f"| {what} | {value} |" for what, value in figures())])


def main() -> None:
    """Print the table; with the path of a document, write it between the marks there too."""
    metrics = table()
    sys.stdout.write(metrics + "\n")
    for name in sys.argv[1:]:
        path = Path(name)
        text = path.read_text(encoding="utf-8")
        before, _, rest = text.partition(START)
        _, _, after = rest.partition(END)
        path.write_text(f"{before}{START}\n\n{metrics}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
