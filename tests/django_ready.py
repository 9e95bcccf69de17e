"""Sets Django up where it is imported: in the server that tests' own processes are forked from (tests/processes.py)."""

import os
import sys
from pathlib import Path

import django
from django.apps import apps

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "site")) if path not in sys.path]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
if not apps.ready:
    django.setup()
