"""`make bench`: every bench_*.py of this folder, one table of ratios against their targets.

Each module has `run() -> list[Figure]`. Figures are ratios within one run, so that a slow machine does not matter.
"""

import importlib
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")


def main(names: list[str]) -> int:
    """Run the benchmarks named (all by default), print the table; 1 when a target is missed."""
    import django

    django.setup()
    names_of_files = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    chosen = [name for name in names_of_files if not names or name.removeprefix("bench_") in names]
    missed = 0
    print(f"{'figure':<68} {'value':>10} {'target':>10}")
    for name in chosen:
        for figure in importlib.import_module(f"tests.benchmarks.{name}").run():
            missed += not figure.met
            mark = "" if figure.met else "  MISSED"
            print(f"{figure.name:<68} {figure.value:>10.2f} {figure.target:>10}{mark}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
